import { describe, expect, it } from "vitest";

import { ended, stepOf, STEPS } from "../src/register/capture-steps.ts";
import { shownFace } from "../src/register/shown-face.ts";
import { hasLookAlike, standingOf } from "../src/register/standing.ts";
import { capture, face, mark, REVIEW } from "./made.ts";

describe("a mark's standing", () => {
  it("is doubtful while a review is open", () => {
    expect(standingOf(mark({ review: REVIEW }))).toBe("doubtful");
  });

  it("is its status once the student is known to be there", () => {
    expect(standingOf(mark({ status: "present", review: REVIEW }))).toBe("present");
  });

  it("tells who was recognised and has a look-alike", () => {
    expect(hasLookAlike(mark({ status: "present", review: REVIEW }), "present")).toBe(true);
    expect(hasLookAlike(mark({ review: REVIEW }), "doubtful")).toBe(false);
    expect(hasLookAlike(mark({ status: "present" }), "present")).toBe(false);
  });
});

describe("a face on the picture", () => {
  const shown = (one: Parameters<typeof shownFace>[0], ...marks: readonly ReturnType<typeof mark>[]) =>
    shownFace(one, new Map(marks.map((each) => [each.student_id, each])));

  it("is doubtful while its student is", () => {
    const found = shown(face({ band: "doubtful" }), mark({ review: REVIEW }));
    expect(found.band).toBe("doubtful");
  });

  it("is recognised once a person has said so", () => {
    const found = shown(face({ band: "doubtful" }), mark({ status: "present", source: "teacher" }));
    expect([found.band, found.name]).toEqual(["recognised", "Ada Byron"]);
  });

  it("is nobody's once a person has said that its student is absent", () => {
    const found = shown(face({ band: "doubtful" }), mark({ status: "absent", source: "teacher" }));
    expect([found.band, found.studentId]).toEqual(["unknown", null]);
  });

  it("of somebody from another section is a guest's, and no mark here", () => {
    const found = shown(face({ student_id: "s-emmy", name: "Emmy Noether", on_roster: false }), mark());
    expect([found.isGuest, found.studentId, found.name]).toEqual([true, null, "Emmy Noether"]);
  });

  it("that nobody was given is unknown", () => {
    expect(shown(face({ student_id: null, name: null, band: "unknown" })).band).toBe("unknown");
  });
});

describe("a capture that was asked for", () => {
  it.each([
    [{}, "asked"],
    [{ status: "IN_PROGRESS" }, "taking"],
    [{ status: "SUCCEEDED" }, "uploaded"],
    [{ status: "SUCCEEDED", stage: "taking" }, "recognising"],
    [{ status: "TIMED_OUT", stage: "taking" }, "recognising"],
  ] as const)("%o is at the step %s and goes on", (changes, step) => {
    expect(STEPS[stepOf(capture(changes))]).toBe(step);
    expect(ended(capture(changes))).toBe(false);
  });

  it.each([
    { stage: "recorded", status: "SUCCEEDED" },
    { stage: "no_meeting", status: "SUCCEEDED" },
    { stage: "failed", status: "SUCCEEDED" },
    { status: "REJECTED" },
    { status: "FAILED" },
  ] as const)("%o has ended", (changes) => {
    expect(ended(capture(changes))).toBe(true);
  });

  it("is past every step once the register is updated", () => {
    expect(stepOf(capture({ stage: "recorded" }))).toBe(STEPS.length);
  });
});
