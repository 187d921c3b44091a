/** One shape for each standing, so that none is told by colour alone. Decorative: the text stands beside it. */
import type { JSX } from "preact";

import type { Standing } from "../register/standing.ts";

const SHAPES: Readonly<Record<Standing, JSX.Element>> = {
  present: <path d="M4 10.6l4 4.2 8-9.4" />,
  late: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 5.8V10l3 2.2" />
    </>
  ),
  left_early: (
    <>
      <path d="M11.5 3.5h-7v13h7" />
      <path d="M8.5 10h8.5M14 6.8l3.2 3.2-3.2 3.2" />
    </>
  ),
  absent: <path d="M5 5l10 10M15 5L5 15" />,
  excused: (
    <>
      <path d="M5 3.5h7l3 3v10H5z" />
      <path d="M7.8 9.5h4.4M7.8 12.5h4.4" />
    </>
  ),
  unseen: <circle cx="10" cy="10" r="6.6" stroke-dasharray="2.7 2.5" />,
  doubtful: (
    <>
      <path d="M6.8 7.4a3.3 3.3 0 1 1 4.9 2.9c-1.1.6-1.7 1.2-1.7 2.4" />
      <path d="M10 15.9v.1" stroke-width="2.8" />
    </>
  ),
};

export function Glyph({ standing }: { readonly standing: Standing }): JSX.Element {
  return (
    <svg class={`glyph glyph-${standing}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {SHAPES[standing]}
    </svg>
  );
}

const ICONS = {
  back: <path d="M12.5 4L6.5 10l6 6" />,
  forward: <path d="M7.5 4l6 6-6 6" />,
  camera: (
    <>
      <path d="M2.5 6.5h3.2L7.2 4.3h5.6l1.5 2.2h3.2v9.3h-15z" />
      <circle cx="10" cy="10.8" r="3" />
    </>
  ),
  print: (
    <>
      <path d="M5.5 7.5v-4h9v4" />
      <path d="M5.5 14h-3V7.5h15V14h-3" />
      <path d="M5.5 11.5h9v5h-9z" />
    </>
  ),
  more: <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" stroke-width="2.8" />,
  plus: <path d="M10 4v12M4 10h12" />,
  search: (
    <>
      <circle cx="8.8" cy="8.8" r="5.2" />
      <path d="M12.8 12.8l4 4" />
    </>
  ),
  close: <path d="M5 5l10 10M15 5L5 15" />,
  warning: (
    <>
      <path d="M10 3l7.6 13.5H2.4z" />
      <path d="M10 8.2v3.8M10 14.2v.1" />
    </>
  ),
  offline: (
    <>
      <path d="M3 3l14 14" />
      <path d="M6.3 11.6a5.6 5.6 0 0 1 3-1.5M3.2 8.5a10 10 0 0 1 3-2M9.3 5.6a10 10 0 0 1 7.5 2.9M12.9 10.9l.8.7" />
      <path d="M10 15.4v.1" stroke-width="2.6" />
    </>
  ),
  room: (
    <>
      <path d="M4.5 17V3h11v14" />
      <path d="M2.5 17h15M12 10.2v.1" />
    </>
  ),
} as const;

export type IconName = keyof typeof ICONS;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {ICONS[name]}
    </svg>
  );
}
