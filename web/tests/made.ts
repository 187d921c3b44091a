/** Made marks, faces and captures for the tests. */
import type { CaptureState, Face, Mark } from "../src/api/endpoints.ts";

export const BOX = { left: 0.1, top: 0.2, width: 0.05, height: 0.1 };

export function mark(changes: Partial<Mark> = {}): Mark {
  return {
    student_id: "s-ada",
    name: "Ada Byron",
    status: "unseen",
    source: "camera",
    reason: null,
    review: null,
    seen: null,
    ...changes,
  };
}

export const REVIEW: NonNullable<Mark["review"]> = {
  capture_id: "0f0f0f0f-0000-5000-8000-000000000001",
  taken_at: "2026-11-23T08:04:00Z",
  frame: 1,
  box: BOX,
  similarity: 83,
  frames_seen: 2,
  compared: [{ frame: 1, face: 0, similarity: 83 }],
  certainty: 7.1,
  needed: 8.5,
};

export function face(changes: Partial<Face> = {}): Face {
  return {
    box: BOX,
    band: "recognised",
    student_id: "s-ada",
    name: "Ada Byron",
    similarity: 97,
    on_roster: true,
    ...changes,
  };
}

export function capture(changes: Partial<CaptureState> = {}): CaptureState {
  return {
    capture_id: REVIEW.capture_id,
    room_id: "101",
    device_id: "lakeside-101-1",
    trigger: "adhoc",
    requested_at: "2026-11-23T08:04:00Z",
    expires_at: "2026-11-23T08:09:00Z",
    taken_at: null,
    status: "CREATED",
    stage: "waiting",
    reason: null,
    meeting_id: null,
    ...changes,
  };
}
