/** The students of a register, doubt first, each with the marks that are one press away. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { Mark, MarkStatus, Pictures, Register } from "../api/endpoints.ts";
import { Glyph, Icon } from "../components/glyph.tsx";
import { Notice } from "../components/notices.tsx";
import { t } from "../texts/index.ts";
import { Crop } from "./face-picture.tsx";
import { type Group, groupsOf, hasLookAlike, type Standing } from "./standing.ts";

interface Actions {
  readonly pending: ReadonlySet<string>;
  readonly highlighted: string | null;
  readonly onHighlight: (studentId: string | null) => void;
  readonly onSet: (mark: Mark, status: MarkStatus) => void;
  readonly onChoose: (mark: Mark) => void;
  readonly onUndo: () => void;
}

export function MarksList(
  props: Actions & { readonly register: Register; readonly pictures: Pictures | null },
): JSX.Element {
  const { register } = props;
  const ref = useRef<HTMLDivElement>(null);
  useFollowingFocus(ref);
  if (register.marks.length === 0) return <Notice title={t.register.noStudents} />;
  return (
    <div ref={ref} class="sheet ledger marks" onKeyDown={(event) => onKey(event, props)}>
      {groupsOf(register).map((group) => (
        <MarkGroup key={group.standing} group={group} {...props} />
      ))}
    </div>
  );
}

function MarkGroup(
  props: Actions & {
    readonly group: Group;
    readonly register: Register;
    readonly pictures: Pictures | null;
  },
): JSX.Element {
  const { standing, marks } = props.group;
  const id = `group-${standing}`;
  return (
    <section aria-labelledby={id} class={`group group-${standing}`}>
      <h3 id={id} class="group-title">
        {t.register.groups[standing]}
        <span class="group-count">{marks.length}</span>
      </h3>
      {standing === "unseen" && props.register.captures.length > 0 && (
        <p class="group-hint">{t.register.unseenHint}</p>
      )}
      <ul>
        {marks.map((mark) => (
          <MarkLine key={mark.student_id} mark={mark} standing={standing} {...props} />
        ))}
      </ul>
    </section>
  );
}

function MarkLine(
  props: Actions & {
    readonly mark: Mark;
    readonly standing: Standing;
    readonly register: Register;
    readonly pictures: Pictures | null;
  },
): JSX.Element {
  const { mark, standing, register } = props;
  const isPending = props.pending.has(mark.student_id);
  const isHighlighted = mark.student_id === props.highlighted;
  return (
    <li
      class={`ledger-line mark-line${isHighlighted ? " is-highlighted" : ""}`}
      aria-busy={isPending}
      data-student={mark.student_id}
      onPointerEnter={() => props.onHighlight(mark.student_id)}
      onPointerLeave={() => props.onHighlight(null)}
    >
      <span class="ledger-margin">
        <Glyph standing={standing} />
      </span>
      <div class="mark-body">
        <div class="mark-row">
          <MarkName {...props} />
          {register.may_correct && <QuickMarks {...props} isPending={isPending} />}
        </div>
        {mark.review !== null && <Evidence mark={mark} pictures={props.pictures} />}
      </div>
    </li>
  );
}

function MarkName(
  props: Actions & { readonly mark: Mark; readonly standing: Standing; readonly register: Register },
): JSX.Element {
  const { mark, standing } = props;
  const text = standing === "doubtful" ? t.doubtful : t.statuses[standing];
  const notes = [
    mark.source === "teacher" ? t.register.byHand : null,
    hasLookAlike(mark, standing) ? t.register.lookAlike : null,
    mark.reason,
  ].filter((note) => note !== null);
  return (
    <div class="mark-main">
      {props.register.may_correct ? (
        <button
          type="button"
          class="mark-name"
          aria-haspopup="dialog"
          aria-label={t.register.change(mark.name, [text, ...notes].join(", "))}
          onClick={() => props.onChoose(mark)}
          onFocus={() => props.onHighlight(mark.student_id)}
          onBlur={() => props.onHighlight(null)}
        >
          {mark.name}
        </button>
      ) : (
        <p class="mark-name">{mark.name}</p>
      )}
      {notes.length > 0 && <p class="mark-note">{notes.join(", ")}</p>}
    </div>
  );
}

/** The two marks most likely wanted; every other is in the chooser that the name opens. */
const QUICK: Readonly<Partial<Record<Standing, readonly MarkStatus[]>>> = {
  doubtful: ["present", "absent"],
  unseen: ["present", "absent"],
  absent: ["present"],
};

function QuickMarks(
  props: Actions & { readonly mark: Mark; readonly standing: Standing; readonly isPending: boolean },
): JSX.Element {
  const { mark, standing, isPending } = props;
  return (
    <div class="quick">
      {(QUICK[hasLookAlike(mark, standing) ? "doubtful" : standing] ?? []).map((status) => (
        <button
          key={status}
          type="button"
          class={`button quick-mark quick-${status}`}
          disabled={isPending}
          aria-label={t.register.markAs(mark.name, t.statuses[status])}
          onClick={(event) => {
            focusNext(event.currentTarget);
            props.onSet(mark, status);
          }}
        >
          <Glyph standing={status} />
          <span>{t.statuses[status]}</span>
        </button>
      ))}
      <button
        type="button"
        class="button button-icon quick-more"
        disabled={isPending}
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => props.onChoose(mark)}
      >
        <Icon name="more" />
      </button>
    </div>
  );
}

export function Evidence(props: {
  readonly mark: Mark;
  readonly pictures: Pictures | null;
}): JSX.Element | null {
  const { mark, pictures } = props;
  const seen = mark.review ?? mark.seen;
  if (seen === null || pictures === null) return null;
  const picture = [...pictures.pictures, ...pictures.review_pictures].find(
    (one) => one.capture_id === seen.capture_id && one.frame === seen.frame,
  );
  const portrait = pictures.portraits.find((one) => one.student_id === mark.student_id);
  if (picture === undefined) return null;
  return (
    <div class="evidence">
      <figure>
        <Crop picture={picture} box={seen.box} alt={t.register.inPicture} />
        <figcaption>{t.register.inPicture}</figcaption>
      </figure>
      {portrait !== undefined && (
        <figure>
          <img class="crop" src={portrait.url} alt={t.register.portrait} />
          <figcaption>{t.register.portrait}</figcaption>
        </figure>
      )}
    </div>
  );
}

/** Letters mark the student whose line has the focus, and only then; arrows go from student to student. */
function onKey(event: KeyboardEvent, props: Actions & { readonly register: Register }): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !props.register.may_correct) return;
  const target = event.target as HTMLElement;
  const studentId = studentOf(target);
  if (studentId === undefined) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    focusNext(target, event.key === "ArrowDown" ? 1 : -1);
    return;
  }
  const key = event.key.toLowerCase();
  if (key === t.undoKey) {
    props.onUndo();
    return;
  }
  const keys: Readonly<Record<string, MarkStatus>> = t.markKeys;
  const status = keys[key];
  const mark = props.register.marks.find((one) => one.student_id === studentId);
  if (status === undefined || mark === undefined || props.pending.has(studentId)) return;
  event.preventDefault();
  focusNext(target);
  props.onSet(mark, status);
}

function studentOf(element: Element | null): string | undefined {
  return element?.closest<HTMLElement>("[data-student]")?.dataset.student;
}

/** A marked line moves to another group; the work goes on with the one that follows it here. */
function focusNext(from: HTMLElement, step: 1 | -1 = 1): void {
  const names = [...(from.closest(".marks")?.querySelectorAll<HTMLElement>("button.mark-name") ?? [])];
  const line = from.closest("[data-student]");
  const index = names.findIndex((name) => line?.contains(name) === true);
  names[index + step]?.focus();
}

/** Keeps the focus on its student where the line has moved to another group meanwhile. */
function useFollowingFocus(ref: { readonly current: HTMLElement | null }): void {
  const isInside = ref.current?.contains(document.activeElement) === true;
  const focused = isInside ? studentOf(document.activeElement) : undefined;
  useLayoutEffect(() => {
    if (focused === undefined || document.activeElement !== document.body) return;
    const lines = ref.current?.querySelectorAll<HTMLElement>("[data-student]") ?? [];
    const line = [...lines].find((one) => one.dataset.student === focused);
    line?.querySelector<HTMLElement>("button.mark-name")?.focus({ preventScroll: true });
  });
}
