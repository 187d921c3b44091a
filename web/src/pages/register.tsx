import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import { type Mark, readRegister, readRooms, type Register } from "../api/endpoints.ts";
import { useLive } from "../api/live.ts";
import { isAdmin } from "../auth/session.ts";
import { now } from "../clock.ts";
import { Icon } from "../components/glyph.tsx";
import { LiveNotice, Loading } from "../components/notices.tsx";
import { PageTitle } from "../components/page.tsx";
import { Snackbar } from "../components/snackbar.tsx";
import { CountList, Tally } from "../components/tally.tsx";
import { CaptureProgress, isGoingOn, useCaptureNow } from "../register/capture-now.tsx";
import { Corrections } from "../register/corrections.ts";
import { History } from "../register/history.tsx";
import { FaceChooser, MarkChooser } from "../register/mark-chooser.tsx";
import { MarksList } from "../register/marks-list.tsx";
import { PicturesPanel, usePictures } from "../register/pictures-panel.tsx";
import { PrintSheet } from "../register/print-sheet.tsx";
import type { ShownFace } from "../register/shown-face.ts";
import { tallyOf } from "../register/standing.ts";
import { hrefs } from "../router.ts";
import { dayOf, t, timeOf, timeRange } from "../texts/index.ts";
import { StatusTag } from "./meetings.tsx";

const SAID_MS = 20_000;

export function RegisterPage({ meetingId }: { readonly meetingId: string }): JSX.Element {
  const live = useLive<Register>((etag) => readRegister(meetingId, etag), [meetingId]);
  const state = live.state.value;
  const register = state.data;
  if (register === null) {
    return (
      <div class="page">
        <PageTitle title={t.meetings.title} />
        <LiveNotice state={state} onRetry={() => void live.refresh()} />
        {!state.isOffline && state.problem === null && <Loading lines={9} />}
      </div>
    );
  }
  return (
    <div class="page">
      <Open register={register} live={live} />
    </div>
  );
}

type RegisterLive = ReturnType<typeof useLive<Register>>;

function Open(props: { readonly register: Register; readonly live: RegisterLive }): JSX.Element {
  const { register, live } = props;
  const corrections = useMemo(() => new Corrections(register.meeting_id, live), [register.meeting_id, live]);
  const pictures = usePictures(register);
  const highlighted = useSignal<string | null>(null);
  const chosen = useSignal<string | null>(null);
  const isNaming = useSignal(false);
  useForgetting(corrections);

  const chosenMark = register.marks.find((mark) => mark.student_id === chosen.value);
  const highlight = (studentId: string | null) => {
    highlighted.value = studentId;
  };
  const choose = (mark: Mark) => {
    chosen.value = mark.student_id;
  };
  const chooseFace = (face: ShownFace) => {
    if (face.studentId === null) isNaming.value = true;
    else chosen.value = face.studentId;
  };
  return (
    <>
      <Header register={register} live={live} />
      <div class={register.captures.length === 0 ? "register is-plain" : "register"}>
        <PicturesPanel
          pictures={pictures}
          register={register}
          highlighted={highlighted.value}
          onHighlight={highlight}
          onChoose={register.may_correct ? chooseFace : undefined}
        />
        <section class="students" aria-label={t.register.students}>
          <h2 class="visually-hidden">{t.register.students}</h2>
          <MarksList
            register={register}
            pictures={pictures.data}
            pending={corrections.pending.value}
            highlighted={highlighted.value}
            onHighlight={highlight}
            onSet={(mark, status) => void corrections.set(mark, status)}
            onChoose={choose}
            onUndo={() => void corrections.undo()}
          />
          <Foot register={register} checkedAt={live.state.value.checkedAt} />
        </section>
      </div>
      {chosenMark !== undefined && (
        <MarkChooser
          key={chosenMark.student_id}
          mark={chosenMark}
          pictures={pictures.data}
          onSet={(status, reason) => {
            chosen.value = null;
            void corrections.set(chosenMark, status, reason);
          }}
          onWithdraw={() => {
            chosen.value = null;
            void corrections.withdraw(chosenMark);
          }}
          onClose={() => (chosen.value = null)}
        />
      )}
      {isNaming.value && (
        <FaceChooser
          register={register}
          onSet={(mark, status, reason) => {
            isNaming.value = false;
            void corrections.set(mark, status, reason);
          }}
          onClose={() => (isNaming.value = false)}
        />
      )}
      <Snackbar
        said={corrections.said.value}
        canUndo={corrections.canUndo.value}
        onUndo={() => void corrections.undo()}
        onDismiss={() => (corrections.said.value = null)}
      />
      <PrintSheet register={register} />
    </>
  );
}

function Header(props: { readonly register: Register; readonly live: RegisterLive }): JSX.Element {
  const { register, live } = props;
  const isOn = Date.parse(register.starts_at) <= now.value && now.value < Date.parse(register.ends_at);
  const hasCamera = useHasCamera(isAdmin.value && isOn ? register.room_id : undefined);
  const { taking, start } = useCaptureNow(register.room_id, () => void live.refresh());
  const isTaken = register.version > 0 && register.status !== "not_taken";
  const hints: Readonly<Record<string, string>> = t.registerStatusHints;
  const hint = hints[register.status];
  const minutes = Math.max(0, Math.ceil((Date.parse(register.ends_at) - now.value) / 60_000));
  return (
    <header class="register-header">
      <a class="back-link" href={hrefs.meetings(isOn ? undefined : register.date)}>
        <Icon name="back" />
        {isOn ? t.meetings.title : t.register.backToDay(dayOf(register.date))}
      </a>
      <div class="register-heading">
        <div>
          <PageTitle title={register.section.name} />
          <p class="meeting-meta">
            <span>{dayOf(register.date)}</span>
            <span>{timeRange(register.starts_at, register.ends_at)}</span>
            <span>{t.meetings.room(register.room_id)}</span>
            {isOn && <span>{t.meetings.minutesLeft(minutes)}</span>}
            <StatusTag status={register.status} endsAt={register.ends_at} />
          </p>
        </div>
        <div class="register-actions">
          {hasCamera && (
            <button
              type="button"
              class="button button-primary"
              disabled={taking.value !== null && isGoingOn(taking.value)}
              onClick={start}
            >
              <Icon name="camera" />
              {register.captures.length > 0 ? t.capture.again : t.capture.start}
            </button>
          )}
          <button type="button" class="button print-button" onClick={() => window.print()}>
            <Icon name="print" />
            {t.register.print}
          </button>
        </div>
      </div>
      {taking.value !== null && (
        <CaptureProgress taking={taking.value} onClose={() => (taking.value = null)} />
      )}
      <LiveNotice state={live.state.value} onRetry={() => void live.refresh()} />
      <div class="register-tally">
        <Tally standings={tallyOf(register)} />
        {isTaken && <CountList counts={register.counts} />}
        {hint !== undefined && <p class="quiet">{hint}</p>}
      </div>
    </header>
  );
}

function Foot(props: { readonly register: Register; readonly checkedAt: number | null }): JSX.Element {
  const { register, checkedAt } = props;
  return (
    <footer class="register-foot">
      {checkedAt !== null && (
        <p class="quiet">{t.register.updated(timeOf(checkedAt))}</p>
      )}
      <History register={register} />
      {register.may_correct && (
        <details class="more keyboard-help">
          <summary>{t.register.keyboard}</summary>
          <dl class="keys">
            {t.register.keyboardHints.map(([keys, meaning]) => (
              <div key={keys}>
                <dt>{keys}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </footer>
  );
}

function useHasCamera(roomId: string | undefined): boolean {
  const found = useSignal(false);
  useEffect(() => {
    if (roomId === undefined) {
      found.value = false;
      return;
    }
    readRooms().then(
      (rooms) => (found.value = rooms.some((room) => room.room_id === roomId)),
      () => (found.value = false),
    );
  }, [roomId, found]);
  return found.value;
}

/** What was said is taken away after a while; a change can be undone by its key all the same. */
function useForgetting(corrections: Corrections): void {
  const said = corrections.said.value;
  useEffect(() => {
    if (said === null || said.isError) return undefined;
    const timer = setTimeout(() => (corrections.said.value = null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said, corrections]);
}
