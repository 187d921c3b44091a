import { describe, expect, it } from "vitest";

import { oneIn } from "../src/register/odds.ts";

describe("the odds of a mix-up", () => {
  it.each([
    [0, 1],
    [-3, 1],
    [2.4, 10],
    [8.5, 5000],
    [11, 60_000],
    [40, 1_000_000],
  ])("of a certainty of %f are one in %i", (certainty, expected) => {
    expect(oneIn(certainty)).toBe(expected);
  });
});
