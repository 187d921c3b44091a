/** What a face is shown as: what the camera found, as far as the register still says so. */
import type { Face, Mark } from "../api/endpoints.ts";
import { standingOf } from "./standing.ts";

export interface ShownFace {
  readonly box: Face["box"];
  readonly band: Face["band"];
  /** Null where the face is given to nobody on this register. */
  readonly studentId: string | null;
  readonly name: string | null;
  /** Somebody of another section, who has no mark here. */
  readonly isGuest: boolean;
}

const IN_THE_ROOM = new Set<Mark["status"]>(["present", "late", "left_early"]);

/**
 * A doubt that a person has settled, or that another capture has, is none any more: who is in the room is
 * shown as recognised, and a face whose student a person said is not in the room is nobody's.
 */
export function shownFace(face: Face, marks: ReadonlyMap<string, Mark>): ShownFace {
  const mark = face.student_id === null ? undefined : marks.get(face.student_id);
  if (face.student_id === null) return nobody(face);
  if (mark === undefined) {
    return { box: face.box, band: face.band, studentId: null, name: face.name, isGuest: true };
  }
  const isThere = IN_THE_ROOM.has(mark.status);
  if (mark.source === "teacher" && !isThere) return nobody(face);
  const band = isThere && standingOf(mark) !== "doubtful" ? "recognised" : face.band;
  return { box: face.box, band, studentId: mark.student_id, name: mark.name, isGuest: false };
}

function nobody(face: Face): ShownFace {
  return { box: face.box, band: "unknown", studentId: null, name: null, isGuest: false };
}
