import { describe, expect, it } from "vitest";

import { placeLabels, shorterNames } from "../src/register/labels.ts";

const PICTURE = { width: 400, height: 300 };
const HEIGHT = 18;
const measure = (text: string) => text.length * 6;

function face(left: number, top: number, name: string, priority = 1) {
  return { box: { left, top, width: 30, height: 40 }, texts: shorterNames(name), priority };
}

function place(...faces: readonly ReturnType<typeof face>[]) {
  return placeLabels(faces, PICTURE, measure, HEIGHT);
}

describe("labels on a picture", () => {
  it("stand centred below their face, in full where there is room", () => {
    expect(place(face(200, 100, "Ada Byron"))).toEqual([{ text: "Ada Byron", left: 188, top: 142 }]);
  });

  it("stay inside the picture", () => {
    const [left, bottom] = place(face(0, 100, "Sofia Kovalevskaya"), face(300, 255, "Ada Byron"));
    expect(left?.left).toBe(0);
    expect(bottom?.top).toBe(255 - HEIGHT - 2);
  });

  it("are shortened before they would cover a neighbour", () => {
    const placed = place(face(100, 280 - HEIGHT - 40, "Ada Byron", 2), face(140, 280 - HEIGHT - 40, "Emmy Noether"));
    expect(placed.map((label) => label?.text)).toEqual(["Ada Byron", "Emmy Noether"]);
    expect(placed[0]?.top).not.toBe(placed[1]?.top);
  });

  it("never lie on a face or on each other, however crowded", () => {
    const faces = Array.from({ length: 40 }, (_, i) => face((i % 10) * 38, Math.floor(i / 10) * 62, "Ada Byron"));
    const placed = placeLabels(faces, PICTURE, measure, HEIGHT);
    const areas = placed.flatMap((label, index) =>
      label === null ? [] : [{ ...label, index, width: measure(label.text), height: HEIGHT }],
    );
    const boxes = faces.map((one, index) => ({ ...one.box, index }));
    for (const area of areas) {
      for (const other of [...boxes, ...areas]) {
        if (other.index === area.index) continue;
        const apart =
          area.left + area.width <= other.left ||
          other.left + other.width <= area.left ||
          area.top + area.height <= other.top ||
          other.top + other.height <= area.top;
        expect(apart).toBe(true);
      }
    }
    expect(areas.length).toBeGreaterThan(0);
  });

  it("name everybody shortly rather than a few in full", () => {
    const row = [0, 60, 120, 180, 240].map((left) => face(left, 100, "Wilhelmina Featherstonehaugh"));
    const placed = placeLabels(row, { width: 300, height: 160 }, measure, HEIGHT);
    expect(placed.every((label) => label !== null)).toBe(true);
  });

  it("go to the doubtful first where there is room for one only", () => {
    const row = [0, 32, 64, 96, 128].map((left) => face(left, 0, "Wilhelmina", 1));
    const doubtful = { ...face(64, 0, "Wilhelmina", 2) };
    row[2] = doubtful;
    const placed = placeLabels(row, { width: 160, height: 60 }, measure, HEIGHT);
    expect(placed[2]?.text).toBe("Wilhelmina");
  });
});

describe("names made shorter", () => {
  it.each([
    ["Zoë Anna Fischer", ["Zoë Anna Fischer", "Zoë F.", "Zoë"]],
    ["Madonna", ["Madonna"]],
    ["Ada 𝒳yz", ["Ada 𝒳yz", "Ada 𝒳.", "Ada"]],
  ])("%s", (name, shorter) => {
    expect(shorterNames(name)).toEqual(shorter);
  });
});
