import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { SignedOut, type Tagged } from "../api/client.ts";
import { type Portrait, readStudent, recordConsent, type StudentRecord } from "../api/endpoints.ts";
import { GLANCE_MS, type Live, useLive } from "../api/live.ts";
import { Glyph, Icon } from "../components/glyph.tsx";
import { LiveNotice, Loading } from "../components/notices.tsx";
import { PageTitle } from "../components/page.tsx";
import type { PreparedPortrait } from "../enrol/portrait-file.ts";
import { PortraitInput } from "../enrol/portrait-input.tsx";
import { sendPortrait, type Step } from "../enrol/send-portrait.ts";
import type { Standing } from "../register/standing.ts";
import { hrefs } from "../router.ts";
import { CONSENT_TEXT_VERSION, dayAndTime, dayWithYear, t } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";
import { ConsentFields, Progress } from "./enrol.tsx";

export function StudentPage({ studentId }: { readonly studentId: string }): JSX.Element {
  const live = useLive<StudentRecord>((etag) => readStudent(studentId, etag), [studentId], GLANCE_MS);
  const state = live.state.value;
  const record = state.data;
  return (
    <div class="page page-narrow">
      <a class="back-link" href={hrefs.students}>
        <Icon name="back" />
        {t.students.title}
      </a>
      <PageTitle title={record?.name ?? t.students.title} key={record === null ? "waiting" : "shown"} />
      <LiveNotice state={state} onRetry={() => void live.refresh()} />
      {record === null && !state.isOffline && state.problem === null && <Loading />}
      {record !== null && (
        <>
          <ConsentSection record={record} live={live} />
          <PortraitSection record={record} live={live} />
          <LookAlikeSection record={record} />
        </>
      )}
    </div>
  );
}

interface SectionProps {
  readonly record: StudentRecord;
  readonly live: Live<StudentRecord>;
}

function ConsentSection({ record, live }: SectionProps): JSX.Element {
  const { consent } = record;
  const hasConsent = useSignal(false);
  const givenBy = useSignal("");
  const hasTried = useSignal(false);
  const fault = useSignal<string | null>(null);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    hasTried.value = true;
    const by = givenBy.value.trim();
    if (!hasConsent.value || by === "") return;
    try {
      const given = { given_by: by, text_version: CONSENT_TEXT_VERSION };
      const etag = live.state.peek().etag ?? "";
      const answered: Tagged<StudentRecord> = await recordConsent(record.student_id, given, etag);
      fault.value = null;
      live.replace(answered);
    } catch (error) {
      if (!(error instanceof SignedOut)) fault.value = sentenceOf(error);
      void live.refresh();
    }
  }

  if (consent?.is_valid === true) {
    return (
      <section class="sheet form">
        <h2>{t.student.consent}</h2>
        <p class="with-glyph">
          <Glyph standing="present" />
          {t.student.consentGiven(consent.given_by, dayWithYear(consent.given_on))}
        </p>
      </section>
    );
  }
  return (
    <form class="sheet form" onSubmit={submit} noValidate>
      <p>{consent === null ? t.student.consentNone : t.student.consentInvalid}</p>
      <ConsentFields
        hasConsent={hasConsent.value}
        givenBy={givenBy.value}
        fault={hasTried.value && givenBy.value.trim() === "" ? t.enrol.required : null}
        onConsent={(value) => (hasConsent.value = value)}
        onGivenBy={(value) => (givenBy.value = value)}
      />
      <p class="form-fault" role="alert">
        {fault.value}
      </p>
      <div class="form-actions">
        <button class="button" disabled={!hasConsent.value}>
          {t.student.recordConsent}
        </button>
      </div>
    </form>
  );
}

function PortraitSection({ record, live }: SectionProps): JSX.Element {
  const portrait = useSignal<PreparedPortrait | null>(null);
  const step = useSignal<Step | null>(null);
  const fault = useSignal<string | null>(null);

  async function send(): Promise<void> {
    const chosen = portrait.value;
    if (chosen === null) return;
    fault.value = null;
    try {
      await sendPortrait(record.student_id, chosen, (at) => (step.value = at));
      portrait.value = null;
    } catch (error) {
      if (!(error instanceof SignedOut)) fault.value = sentenceOf(error);
    } finally {
      step.value = null;
      void live.refresh();
    }
  }

  return (
    <section class="sheet form">
      <h2>{t.student.portraits}</h2>
      {record.portraits.length === 0 ? (
        <p>{t.student.portraitsNone}</p>
      ) : (
        <ul class="portraits">
          {record.portraits.map((one) => (
            <PortraitLine key={one.portrait_id} portrait={one} />
          ))}
        </ul>
      )}
      {record.consent?.is_valid === true ? (
        <fieldset class="fieldset">
          <legend>{t.student.addPortrait}</legend>
          <PortraitInput
            portrait={portrait.value}
            onChange={(chosen) => (portrait.value = chosen)}
            disabled={step.value !== null}
          />
          <p class="form-fault" role="alert">
            {fault.value}
          </p>
          <div class="form-actions">
            <button
              type="button"
              class="button button-primary"
              disabled={portrait.value === null || step.value !== null}
              onClick={send}
            >
              {t.enrol.sendAgain}
            </button>
            <Progress step={step.value} />
          </div>
        </fieldset>
      ) : (
        <p class="quiet">{t.enrol.portraitNeedsConsent}</p>
      )}
    </section>
  );
}

function LookAlikeSection({ record }: { readonly record: StudentRecord }): JSX.Element | null {
  if (record.look_alikes.length === 0) return null;
  return (
    <section class="sheet form">
      <h2>{t.student.lookAlikes}</h2>
      <p>{t.student.lookAlikesHint}</p>
      <ul class="portraits">
        {record.look_alikes.map((other) => (
          <li class="portrait-line" key={other.student_id}>
            <Glyph standing="doubtful" />
            <div>
              <p>
                <a href={hrefs.student(other.student_id)}>{other.name}</a>
              </p>
              {other.is_same_picture && <p>{t.student.samePicture}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

const GLYPHS: Readonly<Record<Portrait["status"], Standing>> = {
  waiting: "late",
  enrolled: "present",
  refused: "absent",
  failed: "doubtful",
};

function PortraitLine({ portrait }: { readonly portrait: Portrait }): JSX.Element {
  return (
    <li class="portrait-line">
      <Glyph standing={GLYPHS[portrait.status]} />
      <div>
        <p>
          <strong>{t.portraitStatuses[portrait.status]}</strong>{" "}
          <span class="quiet">{t.student.requested(dayAndTime(portrait.requested_at))}</span>
        </p>
        {portrait.message !== null && <p>{portrait.message}</p>}
      </div>
    </li>
  );
}
