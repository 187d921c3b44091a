/** Take the register of a room now, and show how far it has come. */
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { SignedOut } from "../api/client.ts";
import { type CaptureState, readCapture, requestCapture } from "../api/endpoints.ts";
import { Icon } from "../components/glyph.tsx";
import { t } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";
import { ended, stepOf, STEPS } from "./capture-steps.ts";

const POLL_MS = 1_000;
/** A camera that is on answers within a second or two; after this the person should hear of it. */
const SILENT_AFTER_MS = 12_000;

export interface Taking {
  readonly captures: readonly CaptureState[];
  readonly began: number;
  readonly fault: string | null;
}

export function isGoingOn(taking: Taking): boolean {
  const hasEnded = taking.captures.length > 0 && taking.captures.every(ended);
  return taking.fault === null && !hasEnded;
}

export function useCaptureNow(
  roomId: string | undefined,
  onRecorded: () => void,
): { readonly taking: Signal<Taking | null>; readonly start: () => void } {
  const taking = useSignal<Taking | null>(null);
  const turn = useSignal(0);
  useEffect(
    () => () => {
      turn.value += 1;
    },
    [turn],
  );

  async function follow(): Promise<void> {
    if (roomId === undefined) return;
    const mine = ++turn.value;
    taking.value = { captures: [], began: Date.now(), fault: null };
    try {
      let captures = await requestCapture(roomId, crypto.randomUUID());
      while (mine === turn.peek()) {
        taking.value = { captures, began: taking.peek()?.began ?? Date.now(), fault: null };
        if (captures.every(ended)) break;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        captures = await Promise.all(captures.map((capture) => readCapture(capture.capture_id)));
      }
      if (mine === turn.peek() && captures.some((capture) => capture.stage === "recorded")) onRecorded();
    } catch (error) {
      if (error instanceof SignedOut || mine !== turn.peek()) return;
      taking.value = { captures: [], began: Date.now(), fault: sentenceOf(error) };
    }
  }

  return { taking, start: () => void follow() };
}

export function CaptureProgress(props: {
  readonly taking: Taking;
  readonly onClose: () => void;
}): JSX.Element {
  const { taking } = props;
  const capture = leastAdvanced(taking.captures);
  const step = capture === undefined ? 0 : stepOf(capture);
  const verdict = taking.fault ?? (capture === undefined ? null : verdictOf(capture));
  const isSilent = verdict === null && step <= 1 && Date.now() - taking.began > SILENT_AFTER_MS;
  const isOver = verdict !== null;
  return (
    <section class={`sheet capture${isOver ? " is-over" : ""}`} aria-label={t.capture.title}>
      <ol class="steps">
        {STEPS.map((name, index) => (
          <li key={name} class={classOf(index, step, isOver)} aria-current={index === step ? "step" : undefined}>
            {t.capture.steps[name]}
          </li>
        ))}
      </ol>
      <p class="capture-verdict" role="status">
        {verdict ?? (isSilent ? t.capture.silent : "")}
      </p>
      {isOver && (
        <button type="button" class="button button-icon" aria-label={t.dismiss} onClick={props.onClose}>
          <Icon name="close" />
        </button>
      )}
    </section>
  );
}

function classOf(index: number, step: number, isOver: boolean): string {
  if (index < step) return "step is-done";
  if (index > step) return "step";
  return isOver ? "step is-stopped" : "step is-current";
}

function leastAdvanced(captures: readonly CaptureState[]): CaptureState | undefined {
  return [...captures].sort((one, other) => stepOf(one) - stepOf(other))[0];
}

/** How it ended, in a sentence; null while it goes on. */
function verdictOf(capture: CaptureState): string | null {
  if (capture.stage === "recorded") return t.capture.done;
  if (capture.stage === "no_meeting") return t.capture.noMeeting;
  if (!ended(capture)) return null;
  const endings: Readonly<Record<string, string>> = t.capture.ended;
  const ending = capture.stage === "failed" ? t.capture.ended.failed : (endings[capture.status] ?? "");
  const why = capture.reason === null ? "" : (t.capture.reasons[capture.reason] ?? capture.reason);
  return `${ending} ${why}`.trim();
}
