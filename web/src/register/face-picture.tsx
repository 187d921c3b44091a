/** A picture of the class with a box on every face: solid recognised, dashed doubtful, dotted unknown. */
import type { CSSProperties, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Box, Mark, Picture } from "../api/endpoints.ts";
import { Glyph } from "../components/glyph.tsx";
import { t } from "../texts/index.ts";
import { type Labelled, placeLabels, type Rectangle, shorterNames } from "./labels.ts";
import { type ShownFace, shownFace } from "./shown-face.ts";

/** Boxes are drawn this much larger than the face, so that the line does not cover it. */
const ROOM = 0.12;
const LABEL_HEIGHT = 18;
const LABEL_PADDING = 22;
const LABEL_FONT = "600 11px system-ui, sans-serif";
const PRIORITY: Readonly<Record<ShownFace["band"], number>> = { doubtful: 2, recognised: 1, unknown: 0 };

export function FacePicture(props: {
  readonly picture: Picture;
  readonly marks: ReadonlyMap<string, Mark>;
  readonly alt: string;
  /** The student whose row is pointed at or focused. */
  readonly highlighted: string | null;
  readonly onHighlight: (studentId: string | null) => void;
  /** Absent where the reader may not change marks. */
  readonly onChoose: ((face: ShownFace) => void) | undefined;
  readonly onFailed: () => void;
}): JSX.Element {
  const { picture } = props;
  const ref = useRef<HTMLDivElement>(null);
  const size = useSize(ref);
  const faces = picture.faces.map((face) => shownFace(face, props.marks));
  const boxes = faces.map((face) => inPixels(face.box, size));
  const labels = placeLabels(
    faces.map((face, index) => labelled(face, boxes[index] ?? NOWHERE)),
    size,
    (text) => widthOf(text) + LABEL_PADDING,
    LABEL_HEIGHT,
  );
  return (
    <div class="faces" ref={ref}>
      <img
        src={picture.url}
        alt={props.alt}
        width={picture.width}
        height={picture.height}
        onError={props.onFailed}
      />
      {faces.map((face, index) => (
        <FaceBox
          key={index}
          face={face}
          isHighlighted={face.studentId !== null && face.studentId === props.highlighted}
          onHighlight={props.onHighlight}
          onChoose={props.onChoose}
        />
      ))}
      {labels.map((label, index) => {
        const face = faces[index];
        if (label === null || face === undefined) return null;
        return (
          <span
            key={index}
            aria-hidden="true"
            class={`face-label face-label-${face.band}`}
            style={{ left: `${label.left}px`, top: `${label.top}px`, height: `${LABEL_HEIGHT}px` }}
          >
            <Glyph standing={face.band === "recognised" ? "present" : "doubtful"} />
            {label.text}
          </span>
        );
      })}
    </div>
  );
}

function FaceBox(props: {
  readonly face: ShownFace;
  readonly isHighlighted: boolean;
  readonly onHighlight: (studentId: string | null) => void;
  readonly onChoose: ((face: ShownFace) => void) | undefined;
}): JSX.Element {
  const { face, onChoose } = props;
  const name = nameOf(face);
  const classes = `face face-${face.band}${props.isHighlighted ? " is-highlighted" : ""}`;
  const shared = {
    class: classes,
    style: inPercent(face.box),
    onPointerEnter: () => props.onHighlight(face.studentId),
    onPointerLeave: () => props.onHighlight(null),
  };
  const tip = (
    <span class="face-tip" aria-hidden="true">
      {name}
    </span>
  );
  // A guest is on no mark of this register, so there is nothing to choose.
  if (onChoose === undefined || face.isGuest) {
    return (
      <span {...shared} role="img" aria-label={name}>
        {tip}
      </span>
    );
  }
  return (
    <button
      {...shared}
      type="button"
      aria-label={name}
      aria-haspopup="dialog"
      onClick={() => onChoose(face)}
      onFocus={() => props.onHighlight(face.studentId)}
      onBlur={() => props.onHighlight(null)}
    >
      {tip}
    </button>
  );
}

function nameOf(face: ShownFace): string {
  if (face.name === null) return t.pictures.unknownFace;
  if (face.isGuest) return t.pictures.faceLabel(face.name, t.pictures.guest);
  const band = face.band === "recognised" ? t.pictures.recognised : t.pictures.doubtful;
  return t.pictures.faceLabel(face.name, band);
}

/** A part of a picture, such as one face. */
export function Crop(props: {
  readonly picture: Picture;
  readonly box: Box;
  readonly alt: string;
}): JSX.Element {
  const { picture, box } = props;
  const side = Math.max(box.width * picture.width, box.height * picture.height) * 1.7;
  const left = (box.left + box.width / 2) * picture.width - side / 2;
  const top = (box.top + box.height / 2) * picture.height - side / 2;
  return (
    <svg class="crop" viewBox={`${left} ${top} ${side} ${side}`} role="img" aria-label={props.alt}>
      <image href={picture.url} width={picture.width} height={picture.height} />
    </svg>
  );
}

const NOWHERE: Rectangle = { left: 0, top: 0, width: 0, height: 0 };

function widened(box: Box): Box {
  return {
    left: box.left - box.width * ROOM,
    top: box.top - box.height * ROOM,
    width: box.width * (1 + 2 * ROOM),
    height: box.height * (1 + 2 * ROOM),
  };
}

function inPercent(box: Box): CSSProperties {
  const { left, top, width, height } = widened(box);
  return {
    left: `${left * 100}%`,
    top: `${top * 100}%`,
    width: `${width * 100}%`,
    height: `${height * 100}%`,
  };
}

function inPixels(box: Box, size: { readonly width: number; readonly height: number }): Rectangle {
  const { left, top, width, height } = widened(box);
  return {
    left: left * size.width,
    top: top * size.height,
    width: width * size.width,
    height: height * size.height,
  };
}

function labelled(face: ShownFace, box: Rectangle): Labelled {
  const texts = face.name === null ? [] : shorterNames(face.name);
  return { box, texts, priority: PRIORITY[face.band] };
}

function useSize(ref: { readonly current: HTMLElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

const widths = new Map<string, number>();
let canvas: CanvasRenderingContext2D | null | undefined;

function widthOf(text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    canvas ??= document.createElement("canvas").getContext("2d");
    if (canvas !== null) canvas.font = LABEL_FONT;
    width = canvas?.measureText(text).width ?? text.length * 7;
    widths.set(text, width);
  }
  return width;
}
