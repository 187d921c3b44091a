/** All marks for one student, in a dialog. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import type { Mark, MarkStatus, Pictures, Register } from "../api/endpoints.ts";
import { Dialog } from "../components/dialog.tsx";
import { Field } from "../components/field.tsx";
import { Glyph, Icon } from "../components/glyph.tsx";
import { t } from "../texts/index.ts";
import { Evidence } from "./marks-list.tsx";
import { oneIn } from "./odds.ts";
import { standingOf } from "./standing.ts";

const CHOICES: readonly MarkStatus[] = ["present", "late", "left_early", "absent", "excused"];

export function MarkChooser(props: {
  readonly mark: Mark;
  readonly pictures: Pictures | null;
  readonly onSet: (status: MarkStatus, reason: string | null) => void;
  readonly onWithdraw: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { mark } = props;
  const reason = useSignal(mark.source === "teacher" ? (mark.reason ?? "") : "");
  const standing = standingOf(mark);
  const set = (status: MarkStatus) => {
    const said = reason.value.trim();
    props.onSet(status, said === "" ? null : said);
  };
  const current = standing === "doubtful" ? t.doubtful : t.statuses[standing];
  return (
    <Dialog title={t.chooser.title(mark.name)} onClose={props.onClose}>
      <p class="chooser-current">
        <Glyph standing={standing} />
        {t.chooser.current(current)}
      </p>
      <Evidence mark={mark} pictures={props.pictures} />
      <HowSure mark={mark} />
      <div class="choices" role="group" aria-label={t.chooser.choose}>
        {CHOICES.map((status) => (
          <button
            key={status}
            type="button"
            class={`choice choice-${status}`}
            aria-pressed={standing === status}
            onClick={() => set(status)}
          >
            <Glyph standing={status} />
            {t.statuses[status]}
          </button>
        ))}
        {mark.source === "teacher" && (
          <button type="button" class="choice choice-camera" onClick={props.onWithdraw}>
            <Icon name="camera" />
            {t.chooser.asCamera}
          </button>
        )}
      </div>
      <Field label={t.chooser.reason} hint={t.chooser.reasonHint}>
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            maxLength={200}
            value={reason.value}
            onInput={(event) => (reason.value = event.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

/** In how many pictures, and how likely somebody else would look as much like the student by chance. */
function HowSure(props: { readonly mark: Mark }): JSX.Element | null {
  const seen = props.mark.review ?? props.mark.seen;
  if (seen === null || seen.needed === 0) return null;
  return (
    <p class="field-hint">
      {t.chooser.seenIn(seen.frames_seen)}{" "}
      {t.chooser.howSure(oneIn(seen.certainty), oneIn(seen.needed))}
    </p>
  );
}

/** An unknown face: whose is it? The students without a mark are the ones it may be. */
export function FaceChooser(props: {
  readonly register: Register;
  readonly onSet: (mark: Mark, status: MarkStatus, reason: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const open = props.register.marks.filter((mark) => ["doubtful", "unseen"].includes(standingOf(mark)));
  return (
    <Dialog title={t.chooser.whoIsThis} onClose={props.onClose}>
      <p>{open.length === 0 ? t.chooser.whoIsThisEmpty : t.chooser.whoIsThisHint}</p>
      <ul class="who">
        {open.map((mark) => (
          <li key={mark.student_id}>
            <button
              type="button"
              class="choice"
              onClick={() => props.onSet(mark, "present", t.chooser.whoIsThisReason)}
            >
              <Glyph standing={standingOf(mark)} />
              {mark.name}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
