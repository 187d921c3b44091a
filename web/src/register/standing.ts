/** How marks are shown: who is not there and has an open review stands as doubtful. */
import type { Mark, Register } from "../api/endpoints.ts";

export type Standing = Mark["status"] | "doubtful";

/** Doubt first: what needs a person comes before what does not. */
export const STANDINGS: readonly Standing[] = [
  "doubtful",
  "unseen",
  "absent",
  "left_early",
  "late",
  "excused",
  "present",
];

/** The order of a tally: who is there, then the doubt, then who is not. */
export const TALLY_ORDER: readonly Standing[] = [
  "present",
  "late",
  "left_early",
  "excused",
  "doubtful",
  "unseen",
  "absent",
];

export function standingOf(mark: Mark): Standing {
  const isThere = mark.status === "present" || mark.status === "late";
  return mark.review !== null && !isThere ? "doubtful" : mark.status;
}

/** Whether the camera recognised a student whom it may take for another: a person is to look in any case. */
export function hasLookAlike(mark: Mark, standing: Standing): boolean {
  return mark.review !== null && standing !== "doubtful";
}

export interface Group {
  readonly standing: Standing;
  readonly marks: readonly Mark[];
}

/** The marks of a register by standing, doubt first; within a group by name, as the API sends them. */
export function groupsOf(register: Register): readonly Group[] {
  return STANDINGS.map((standing) => ({
    standing,
    marks: register.marks.filter((mark) => standingOf(mark) === standing),
  })).filter((group) => group.marks.length > 0);
}

/** One entry a student, in the order of a tally. */
export function tallyOf(register: Register): readonly Standing[] {
  const standings = register.marks.map(standingOf);
  return standings.sort((one, other) => TALLY_ORDER.indexOf(one) - TALLY_ORDER.indexOf(other));
}
