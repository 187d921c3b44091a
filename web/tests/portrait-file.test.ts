import { expect, it } from "vitest";

import { sizeWithin } from "../src/enrol/portrait-file.ts";

it.each([
  [4000, 3000, { width: 1600, height: 1200 }],
  [3000, 4000, { width: 1200, height: 1600 }],
  [640, 480, { width: 640, height: 480 }],
  [10_000, 1, { width: 1600, height: 1 }],
])("a picture of %d by %d is sent as %o", (width, height, sent) => {
  expect(sizeWithin(width, height, 1600)).toEqual(sent);
});
