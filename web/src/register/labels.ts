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

type Size = Pick<Rectangle, "width" | "height">;
type Measure = (text: string) => number;

/**
 * Place labels in pixels of the shown picture, the most important first: below its face, else above it, else
 * over its chin. First everybody gets the shortest text, so that as many as possible are named; then whoever
 * has room gets a longer one. A label that fits nowhere is left out; its box still tells the name when it is
 * pointed at or focused.
 *
 * @param measure width in pixels of a label with this text, padding included
 * @param height height in pixels of a label
 */
export function placeLabels(
  faces: readonly Labelled[],
  picture: Size,
  measure: Measure,
  height: number,
): readonly (Placed | null)[] {
  const order = [...faces.keys()].sort(
    (one, other) => (faces[other]?.priority ?? 0) - (faces[one]?.priority ?? 0),
  );
  const labels: (Label | null)[] = faces.map(() => null);
  for (const texts of [shortestOf, allOf]) {
    for (const index of order) {
      const face = faces[index];
      if (face === undefined) continue;
      const taken = areasBut(index, faces, labels);
      labels[index] = placeOne(face.box, texts(face), picture, measure, height, taken) ?? labels[index] ?? null;
    }
  }
  return labels.map((label) => label && { text: label.text, left: label.area.left, top: label.area.top });
}

interface Label {
  readonly text: string;
  readonly area: Rectangle;
}

function shortestOf(face: Labelled): readonly string[] {
  return face.texts.slice(-1);
}

function allOf(face: Labelled): readonly string[] {
  return face.texts;
}

/** What a label must not cover: the other faces, and the other labels. */
function areasBut(
  index: number,
  faces: readonly Labelled[],
  labels: readonly (Label | null)[],
): readonly Rectangle[] {
  const others = faces.filter((_, other) => other !== index).map((face) => face.box);
  const areas = labels.filter((label, other) => label !== null && other !== index).map((label) => label?.area);
  return [...others, ...areas.filter((area) => area !== undefined)];
}

function placeOne(
  box: Rectangle,
  texts: readonly string[],
  picture: Size,
  measure: Measure,
  height: number,
  taken: readonly Rectangle[],
): Label | null {
  const bottom = box.top + box.height;
  for (const text of texts) {
    const width = measure(text);
    const middle = box.left + box.width / 2 - width / 2;
    const left = Math.max(0, Math.min(middle, picture.width - width));
    for (const top of [bottom + 2, box.top - height - 2, bottom - height / 2]) {
      const area = { left, top, width, height };
      const isInside = top >= 0 && top + height <= picture.height && width <= picture.width;
      if (isInside && !taken.some((other) => overlap(area, other))) return { text, area };
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
