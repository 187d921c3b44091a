/** Where the names of faces go on a picture, so that none hides another or a face. */

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Labelled {
  readonly box: Rectangle;
  /** Texts from the one that says most to the shortest; the first that fits is shown. */
  readonly texts: readonly string[];
  /** Higher goes first. */
  readonly priority: number;
}

export interface Placed {
  readonly text: string;
  readonly left: number;
  readonly top: number;
}

/**
 * Place labels in pixels of the shown picture, the most important first: below its face, else above it, else
 * over its chin, with the longest text that fits there. A label that fits nowhere is left out; its box still
 * tells the name when it is pointed at or focused.
 *
 * @param measure width in pixels of a label with this text, padding included
 * @param height height in pixels of a label
 */
export function placeLabels(
  faces: readonly Labelled[],
  picture: { readonly width: number; readonly height: number },
  measure: (text: string) => number,
  height: number,
): readonly (Placed | null)[] {
  const taken: Rectangle[] = faces.map((face) => face.box);
  const placed: (Placed | null)[] = faces.map(() => null);
  const order = faces.map((_, index) => index);
  order.sort((one, other) => (faces[other]?.priority ?? 0) - (faces[one]?.priority ?? 0));
  for (const index of order) {
    const face = faces[index];
    if (face === undefined) continue;
    const found = placeOne(face, picture, measure, height, taken);
    if (found === null) continue;
    taken.push(found.area);
    placed[index] = { text: found.text, left: found.area.left, top: found.area.top };
  }
  return placed;
}

function placeOne(
  face: Labelled,
  picture: { readonly width: number; readonly height: number },
  measure: (text: string) => number,
  height: number,
  taken: readonly Rectangle[],
): { readonly text: string; readonly area: Rectangle } | null {
  const { box } = face;
  for (const text of face.texts) {
    const width = measure(text);
    const middle = box.left + box.width / 2 - width / 2;
    const left = Math.max(0, Math.min(middle, picture.width - width));
    const bottom = box.top + box.height;
    for (const top of [bottom + 2, box.top - height - 2, bottom - height / 2]) {
      const area = { left, top, width, height };
      const isInside = top >= 0 && top + height <= picture.height && width <= picture.width;
      if (isInside && !taken.some((other) => other !== box && overlap(area, other))) return { text, area };
    }
  }
  return null;
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return (
    one.left < other.left + other.width &&
    other.left < one.left + one.width &&
    one.top < other.top + other.height &&
    other.top < one.top + one.height
  );
}

/** A name in full, then shorter: Zoë Anna Fischer, Zoë F., Zoë. */
export function shorterNames(name: string): readonly string[] {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined || words.length < 2) return [name];
  return [name, `${first} ${initialOf(last)}.`, first];
}

function initialOf(word: string): string {
  return String.fromCodePoint(word.codePointAt(0) ?? 0);
}
