import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { isAdmin, session } from "./auth/session.ts";
import { Frame } from "./components/frame.tsx";
import { Loading, Notice } from "./components/notices.tsx";
import { PageTitle } from "./components/page.tsx";
import { EnrolPage } from "./pages/enrol.tsx";
import { MeetingsPage } from "./pages/meetings.tsx";
import { RegisterPage } from "./pages/register.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { StudentPage } from "./pages/student.tsx";
import { StudentsPage } from "./pages/students.tsx";
import { hrefs, type Route, route } from "./router.ts";
import { isSchoolKnown, schoolFault } from "./school.ts";
import { t } from "./texts/index.ts";

export function App(): JSX.Element {
  const shown = route.value;
  useEffect(() => window.scrollTo(0, 0), [shown]);
  if (session.value === null) return <SignInPage />;
  return (
    <Frame>{isSchoolKnown.value ? <Page shown={shown} /> : <Waiting />}</Frame>
  );
}

function Waiting(): JSX.Element {
  return (
    <div class="page page-narrow">
      {schoolFault.value === null ? <Loading /> : <Notice icon="offline" title={schoolFault.value} />}
    </div>
  );
}

function Page({ shown }: { readonly shown: Route }): JSX.Element {
  if (shown.page === "meetings") return <MeetingsPage date={shown.date} />;
  if (shown.page === "register") return <RegisterPage key={shown.meetingId} meetingId={shown.meetingId} />;
  if (isAdmin.value) {
    if (shown.page === "students") return <StudentsPage />;
    if (shown.page === "enrol") return <EnrolPage />;
    if (shown.page === "student") return <StudentPage key={shown.studentId} studentId={shown.studentId} />;
  }
  return (
    <div class="page page-narrow">
      <PageTitle title={t.missing.title} />
      <Notice title={t.missing.hint}>
        <a class="button" href={hrefs.meetings()}>
          {t.missing.home}
        </a>
      </Notice>
    </div>
  );
}
