/** The pictures of the latest capture: one shown, the others a tap away. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { ApiProblem, ConnectionLost, SignedOut } from "../api/client.ts";
import { type Pictures, readPictures, type Register } from "../api/endpoints.ts";
import { Notice } from "../components/notices.tsx";
import { t, timeOf } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";
import { FacePicture } from "./face-picture.tsx";
import { type ShownFace, shownFace } from "./shown-face.ts";

export interface LoadedPictures {
  readonly data: Pictures | null;
  /** Why there are none, in a sentence. */
  readonly fault: string | null;
  readonly reload: () => void;
}

/** The pictures of a register, read again when there is another capture. Each reading is on record. */
export function usePictures(register: Register): LoadedPictures {
  const data = useSignal<Pictures | null>(null);
  const fault = useSignal<string | null>(null);
  const attempt = useSignal(0);
  const { meeting_id: meetingId } = register;
  const lastCapture = register.captures.at(-1)?.capture_id;
  useEffect(() => {
    if (lastCapture === undefined) return undefined;
    let isWanted = true;
    readPictures(meetingId).then(
      (read) => {
        if (!isWanted) return;
        data.value = read?.data ?? null;
        fault.value = null;
      },
      (error: unknown) => {
        if (isWanted && !(error instanceof SignedOut)) fault.value = faultOf(error);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [meetingId, lastCapture, attempt.value, data, fault]);
  return { data: data.value, fault: fault.value, reload: () => (attempt.value += 1) };
}

function faultOf(error: unknown): string {
  if (error instanceof ConnectionLost) return t.pictures.failed;
  if (error instanceof ApiProblem && error.kind === "access-denied") return t.pictures.denied;
  return sentenceOf(error);
}

interface PanelProps {
  readonly pictures: LoadedPictures;
  readonly register: Register;
  readonly highlighted: string | null;
  readonly onHighlight: (studentId: string | null) => void;
  /** Absent where the reader may not change marks. */
  readonly onChoose: ((face: ShownFace) => void) | undefined;
}

export function PicturesPanel(props: PanelProps): JSX.Element {
  return (
    <section class="pictures" aria-label={t.pictures.label}>
      <Content {...props} />
    </section>
  );
}

function Content(props: PanelProps): JSX.Element {
  const { register } = props;
  const { data, fault, reload } = props.pictures;
  const chosen = useSignal(0);
  const isLarge = useSignal(false);
  const failedUrl = useSignal<string | null>(null);
  const captureId = data?.capture?.capture_id;
  useEffect(() => {
    chosen.value = 0;
  }, [captureId, chosen]);

  if (register.captures.length === 0) {
    return <Notice icon="camera" title={t.pictures.waiting} hint={t.pictures.waitingHint} />;
  }
  if (fault !== null) {
    return (
      <Notice icon="warning" title={fault}>
        <button type="button" class="button" onClick={reload}>
          {t.tryAgain}
        </button>
      </Notice>
    );
  }
  if (data === null) return <div class="faces faces-loading" />;
  const { capture, pictures } = data;
  const picture = pictures[chosen.value] ?? pictures[0];
  if (capture?.readable_frames === 0) {
    return <Notice icon="camera" title={t.pictures.unreadable} hint={t.pictures.unreadableHint} />;
  }
  if (capture === null || picture === undefined) {
    return <Notice icon="camera" title={t.pictures.deleted} hint={t.pictures.deletedHint} />;
  }
  if (failedUrl.value === picture.url) {
    // Addresses last some minutes only; a new reading brings new ones.
    return (
      <Notice icon="warning" title={t.pictures.failed}>
        <button type="button" class="button" onClick={reload}>
          {t.tryAgain}
        </button>
      </Notice>
    );
  }
  const faces = t.pictures.faces(picture.faces.length);
  const marks = new Map(register.marks.map((mark) => [mark.student_id, mark]));
  const unknown = picture.faces.filter((face) => shownFace(face, marks).name === null).length;
  return (
    <figure>
      <div
        class={isLarge.value ? "faces-scroll is-large" : "faces-scroll"}
        {...(isLarge.value ? { role: "region", "aria-label": t.pictures.scroll, tabIndex: 0 } : {})}
      >
        <FacePicture
          key={picture.url}
          picture={picture}
          marks={marks}
          alt={t.pictures.alt(picture.frame, faces)}
          highlighted={props.highlighted}
          onHighlight={props.onHighlight}
          onChoose={props.onChoose}
          onFailed={() => (failedUrl.value = picture.url)}
        />
      </div>
      <figcaption>
        <p>
          {t.pictures.caption(timeOf(capture.taken_at), faces, t.pictures.unknown(unknown))}
        </p>
        <ul class="legend" aria-hidden="true">
          <li class="legend-recognised">{t.pictures.legendRecognised}</li>
          <li class="legend-doubtful">{t.pictures.legendDoubtful}</li>
          <li class="legend-unknown">{t.pictures.legendUnknown}</li>
        </ul>
        <div class="picture-tools">
          {pictures.length > 1 && (
            <div class="frame-choice" role="group" aria-label={t.pictures.label}>
              {pictures.map((one, index) => (
                <button
                  key={one.frame}
                  type="button"
                  aria-pressed={one === picture}
                  aria-label={t.pictures.frame(one.frame)}
                  onClick={() => (chosen.value = index)}
                >
                  {one.frame}
                </button>
              ))}
            </div>
          )}
          <button
            type="button"
            class="button button-quiet"
            aria-pressed={isLarge.value}
            onClick={() => (isLarge.value = !isLarge.value)}
          >
            {isLarge.value ? t.pictures.fit : t.pictures.enlarge}
          </button>
        </div>
      </figcaption>
    </figure>
  );
}
