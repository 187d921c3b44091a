import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import { SignedOut } from "../api/client.ts";
import { addStudent, type Portrait, readSections, type SectionRef } from "../api/endpoints.ts";
import { Field } from "../components/field.tsx";
import { Icon } from "../components/glyph.tsx";
import { PageTitle } from "../components/page.tsx";
import type { PreparedPortrait } from "../enrol/portrait-file.ts";
import { PortraitInput } from "../enrol/portrait-input.tsx";
import { sendPortrait, type Step } from "../enrol/send-portrait.ts";
import { hrefs } from "../router.ts";
import { CONSENT_TEXT_VERSION, t } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";

interface Enrolled {
  readonly studentId: string;
  readonly name: string;
  /** Null without consent or picture. */
  readonly portrait: Portrait | null;
}

export function EnrolPage(): JSX.Element {
  const round = useSignal(0);
  return (
    <div class="page page-narrow">
      <a class="back-link" href={hrefs.students}>
        <Icon name="back" />
        {t.students.title}
      </a>
      <PageTitle title={t.enrol.title} />
      <EnrolForm key={round.value} onAnother={() => (round.value += 1)} />
    </div>
  );
}

function EnrolForm({ onAnother }: { readonly onAnother: () => void }): JSX.Element {
  // Chosen here, so that sending the form again after a lost connection is not a second student.
  const studentId = useMemo(() => `s-${crypto.randomUUID().slice(0, 13)}`, []);
  const name = useSignal("");
  const sectionId = useSignal("");
  const hasConsent = useSignal(false);
  const givenBy = useSignal("");
  const portrait = useSignal<PreparedPortrait | null>(null);
  const hasTried = useSignal(false);
  const step = useSignal<Step | "student" | null>(null);
  const fault = useSignal<string | null>(null);
  const enrolled = useSignal<Enrolled | null>(null);
  const sections = useSections(fault);

  const isComplete =
    name.value.trim() !== "" &&
    sectionId.value !== "" &&
    (!hasConsent.value || givenBy.value.trim() !== "");
  const withPortrait = hasConsent.value && portrait.value !== null;

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    hasTried.value = true;
    if (!isComplete || step.value !== null) {
      focusFirstFault(event.currentTarget as HTMLFormElement);
      return;
    }
    step.value = "student";
    fault.value = null;
    try {
      enrolled.value = await enrol();
    } catch (error) {
      if (!(error instanceof SignedOut)) fault.value = sentenceOf(error);
    } finally {
      step.value = null;
    }
  }

  async function enrol(): Promise<Enrolled> {
    const given = { given_by: givenBy.value.trim(), text_version: CONSENT_TEXT_VERSION };
    const added = await addStudent({
      student_id: studentId,
      name: name.value.trim(),
      section_id: sectionId.value,
      consent: hasConsent.value ? given : null,
    });
    const chosen = hasConsent.value ? portrait.value : null;
    return {
      studentId,
      name: added.data.name,
      portrait: chosen === null ? null : await sendPortrait(studentId, chosen, (at) => (step.value = at)),
    };
  }

  if (enrolled.value !== null) return <Result enrolled={enrolled.value} onAnother={onAnother} />;
  const required = (value: string) => (hasTried.value && value.trim() === "" ? t.enrol.required : null);
  return (
    <form class="sheet form" onSubmit={submit} noValidate>
      <p class="form-lead">{t.enrol.lead}</p>
      <Field label={t.enrol.name} fault={required(name.value)}>
        {(attributes) => (
          <input
            {...attributes}
            name="name"
            type="text"
            maxLength={200}
            autocomplete="off"
            value={name.value}
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t.enrol.section} fault={required(sectionId.value)}>
        {(attributes) => (
          <select
            {...attributes}
            name="section"
            value={sectionId.value}
            onChange={(event) => (sectionId.value = event.currentTarget.value)}
          >
            <option value="">{t.enrol.sectionPlaceholder}</option>
            {sections.map((section) => (
              <option key={section.section_id} value={section.section_id}>
                {section.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ConsentFields
        hasConsent={hasConsent.value}
        givenBy={givenBy.value}
        fault={hasConsent.value ? required(givenBy.value) : null}
        onConsent={(value) => (hasConsent.value = value)}
        onGivenBy={(value) => (givenBy.value = value)}
      />
      <fieldset class="fieldset">
        <legend>{t.enrol.portraitLegend}</legend>
        {hasConsent.value ? (
          <PortraitInput portrait={portrait.value} onChange={(chosen) => (portrait.value = chosen)} />
        ) : (
          <p class="quiet">{t.enrol.portraitNeedsConsent}</p>
        )}
      </fieldset>
      <p class="form-fault" role="alert">
        {fault.value}
      </p>
      <div class="form-actions">
        <button class="button button-primary" disabled={step.value !== null}>
          {withPortrait ? t.enrol.submit : t.enrol.submitWithout}
        </button>
        <Progress step={step.value} />
      </div>
    </form>
  );
}

export function ConsentFields(props: {
  readonly hasConsent: boolean;
  readonly givenBy: string;
  readonly fault: string | null;
  readonly onConsent: (hasConsent: boolean) => void;
  readonly onGivenBy: (givenBy: string) => void;
}): JSX.Element {
  return (
    <fieldset class="fieldset">
      <legend>{t.enrol.consentLegend}</legend>
      <label class="checkbox">
        <input
          type="checkbox"
          name="consent"
          checked={props.hasConsent}
          onChange={(event) => props.onConsent(event.currentTarget.checked)}
        />
        <span>{t.enrol.consentCheckbox}</span>
      </label>
      {props.hasConsent && (
        <Field label={t.enrol.consentBy} hint={t.enrol.consentByHint} fault={props.fault}>
          {(attributes) => (
            <input
              {...attributes}
              name="given-by"
              type="text"
              maxLength={200}
              autocomplete="off"
              value={props.givenBy}
              onInput={(event) => props.onGivenBy(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
    </fieldset>
  );
}

export function Progress({ step }: { readonly step: Step | "student" | null }): JSX.Element {
  return (
    <p class="progress" role="status">
      {step !== null && (
        <>
          <i class="spinner" />
          {t.enrol.working[step]}
        </>
      )}
    </p>
  );
}

function Result(props: { readonly enrolled: Enrolled; readonly onAnother: () => void }): JSX.Element {
  const { name, portrait, studentId } = props.enrolled;
  return (
    <div class="sheet form result" role="status">
      <Verdict name={name} portrait={portrait} />
      <div class="form-actions">
        <a class="button button-primary" href={hrefs.student(studentId)}>
          {portrait?.status === "refused" ? t.enrol.anotherPicture : t.enrol.showStudent}
        </a>
        <button type="button" class="button" onClick={props.onAnother}>
          {t.enrol.another}
        </button>
      </div>
    </div>
  );
}

function Verdict(props: { readonly name: string; readonly portrait: Portrait | null }): JSX.Element {
  const { name, portrait } = props;
  if (portrait === null) return <Said title={t.enrol.done(name)}>{t.enrol.doneWithout}</Said>;
  if (portrait.status === "enrolled") {
    return <Said title={t.enrol.done(name)}>{portrait.message ?? t.enrol.doneWithPortrait}</Said>;
  }
  if (portrait.status === "waiting") return <Said title={t.enrol.done(name)}>{t.enrol.slow}</Said>;
  if (portrait.status === "refused") return <Said title={t.enrol.refusedTitle(name)}>{portrait.message}</Said>;
  return <Said title={t.enrol.failedTitle}>{t.enrol.failedHint}</Said>;
}

function Said(props: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <h2>{props.title}</h2>
      <p>{props.children}</p>
    </>
  );
}

function useSections(fault: { value: string | null }): readonly SectionRef[] {
  const sections = useSignal<readonly SectionRef[]>([]);
  useEffect(() => {
    readSections().then(
      (read) => (sections.value = read),
      (error: unknown) => {
        if (!(error instanceof SignedOut)) fault.value = sentenceOf(error);
      },
    );
  }, [sections, fault]);
  return sections.value;
}

/** After the faults are on the page, which is after this event. */
function focusFirstFault(form: HTMLFormElement): void {
  setTimeout(() => form.querySelector<HTMLElement>("[aria-invalid]")?.focus());
}
