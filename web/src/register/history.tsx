/** The ledger of a register: who changed what, when and why. Read when it is opened. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { SignedOut } from "../api/client.ts";
import { type Change, readChanges, type Register } from "../api/endpoints.ts";
import { dayAndTime, t } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";

/** A capture may change the whole class; the first few say what it was. */
const SHOWN_CHANGES = 4;

export function History({ register }: { readonly register: Register }): JSX.Element {
  const isOpen = useSignal(false);
  const changes = useSignal<readonly Change[] | null>(null);
  const fault = useSignal<string | null>(null);
  const { meeting_id: meetingId, version } = register;
  useEffect(() => {
    if (!isOpen.value) return;
    readChanges(meetingId).then(
      (read) => {
        changes.value = read;
        fault.value = null;
      },
      (error: unknown) => {
        if (!(error instanceof SignedOut)) fault.value = sentenceOf(error);
      },
    );
  }, [isOpen.value, meetingId, version, changes, fault]);
  return (
    <details class="more" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>{t.register.history}</summary>
      {fault.value !== null && <p class="form-fault">{fault.value}</p>}
      {changes.value?.length === 0 && <p class="quiet">{t.register.historyNone}</p>}
      <ol class="history">
        {changes.value?.map((change) => (
          <li key={change.version}>
            <p class="history-head">
              <time dateTime={change.at}>{dayAndTime(change.at)}</time>
              <span>
                {change.kind === "capture"
                  ? t.register.historyCapture
                  : t.register.historyCorrection(change.actor)}
              </span>
            </p>
            <p>{changesText(change)}</p>
            {change.reason !== null && <p class="quiet">{change.reason}</p>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function changesText(change: Change): string {
  if (change.marks.length === 0) return t.register.historyNothing;
  const lines = change.marks
    .slice(0, SHOWN_CHANGES)
    .map((mark) => t.register.historyChange(mark.name, t.statuses[mark.before], t.statuses[mark.after]));
  const rest = change.marks.length - lines.length;
  return [...lines, ...(rest > 0 ? [t.register.historyMore(rest)] : [])].join(", ");
}
