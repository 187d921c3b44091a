import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { SignedOut } from "../api/client.ts";
import { readStudents, type StudentRef } from "../api/endpoints.ts";
import { Icon } from "../components/glyph.tsx";
import { Loading, Notice } from "../components/notices.tsx";
import { PageTitle } from "../components/page.tsx";
import { hrefs } from "../router.ts";
import { t } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";

export function StudentsPage(): JSX.Element {
  const students = useSignal<readonly StudentRef[] | null>(null);
  const fault = useSignal<string | null>(null);
  const load = () => {
    fault.value = null;
    readStudents().then(
      (read) => (students.value = read),
      (error: unknown) => {
        if (!(error instanceof SignedOut)) fault.value = sentenceOf(error);
      },
    );
  };
  useEffect(load, []);
  return (
    <div class="page page-narrow">
      <div class="page-header">
        <PageTitle title={t.students.title} />
        <a class="button button-primary" href={hrefs.enrol}>
          <Icon name="plus" />
          {t.students.enrol}
        </a>
      </div>
      {fault.value !== null && (
        <Notice icon="warning" title={fault.value}>
          <button type="button" class="button" onClick={load}>
            {t.tryAgain}
          </button>
        </Notice>
      )}
      {fault.value === null && students.value === null && <Loading />}
      {students.value !== null && <Found students={students.value} />}
    </div>
  );
}

function Found({ students }: { readonly students: readonly StudentRef[] }): JSX.Element {
  const query = useSignal("");
  if (students.length === 0) return <Notice title={t.students.none} hint={t.students.noneHint} />;
  const wanted = folded(query.value.trim());
  const found = students.filter((student) => folded(student.name).includes(wanted));
  return (
    <>
      <div class="filter">
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">{t.students.filter}</span>
          <input
            type="search"
            placeholder={t.students.filter}
            value={query.value}
            onInput={(event) => (query.value = event.currentTarget.value)}
          />
        </label>
        <p class="quiet" role="status">
          {t.students.count(found.length)}
        </p>
      </div>
      {found.length === 0 ? (
        <Notice title={t.students.noMatch(query.value.trim())} />
      ) : (
        <ul class="sheet ledger student-list">
          {found.map((student, index) => (
            <li key={student.student_id} class="ledger-line">
              <span class="ledger-margin ledger-number">{index + 1}</span>
              <a class="cover-link" href={hrefs.student(student.student_id)}>
                {student.name}
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Without case and accents: who looks for Zoe finds Zoë. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
}
