/** The steps that a capture goes through, read from its two states: the device's and the workflow's. */
import type { CaptureState } from "../api/endpoints.ts";

export const STEPS = ["asked", "taking", "uploaded", "recognising", "recorded"] as const;

const LOST = new Set<CaptureState["status"]>(["FAILED", "REJECTED", "CANCELLED", "TIMED_OUT"]);
const SETTLED = new Set<CaptureState["stage"]>(["recorded", "no_meeting", "failed"]);

/** Whether nothing more will happen to a capture. Pictures that arrived late are still worked on. */
export function ended(capture: CaptureState): boolean {
  return SETTLED.has(capture.stage) || (LOST.has(capture.status) && capture.stage === "waiting");
}

/** Index into `STEPS` of what is going on now; their number once the register is updated. */
export function stepOf(capture: CaptureState): number {
  if (capture.stage === "recorded") return STEPS.length;
  if (capture.stage !== "waiting") return STEPS.indexOf("recognising");
  if (capture.status === "SUCCEEDED") return STEPS.indexOf("uploaded");
  if (capture.status === "CREATED") return STEPS.indexOf("asked");
  return STEPS.indexOf("taking");
}
