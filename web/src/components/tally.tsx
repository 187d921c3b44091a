/** A class at a glance: one cell a student, told by fill and pattern; the numbers stand below in words. */
import type { JSX } from "preact";

import type { Counts } from "../api/endpoints.ts";
import type { Standing } from "../register/standing.ts";
import { t } from "../texts/index.ts";
import { Glyph } from "./glyph.tsx";

export function Tally({ standings }: { readonly standings: readonly Standing[] }): JSX.Element | null {
  if (standings.length === 0) return null;
  return (
    <div class="tally" aria-hidden="true">
      {standings.map((standing, index) => (
        <i key={index} class={`cell cell-${standing}`} />
      ))}
    </div>
  );
}

/** The cells of a register that is known by its counts alone. */
export function standingsOf(counts: Counts): readonly Standing[] {
  const others = Math.max(
    0,
    counts.students - counts.present - counts.doubtful - counts.unseen - counts.absent,
  );
  const cells: readonly (readonly [Standing, number])[] = [
    ["present", counts.present],
    ["excused", others],
    ["doubtful", counts.doubtful],
    ["unseen", counts.unseen],
    ["absent", counts.absent],
  ];
  return cells.flatMap(([standing, n]) => Array.from({ length: n }, () => standing));
}

export function CountList({ counts }: { readonly counts: Counts }): JSX.Element {
  const others = counts.students - counts.present - counts.doubtful - counts.unseen - counts.absent;
  const shown: readonly (readonly [Standing, number, string])[] = [
    ["present", counts.present, t.counts.present(counts.present)],
    ["doubtful", counts.doubtful, t.counts.doubtful(counts.doubtful)],
    ["unseen", counts.unseen, t.counts.unseen(counts.unseen)],
    ["absent", counts.absent, t.counts.absent(counts.absent)],
    ["excused", others, t.counts.excused(others)],
  ];
  return (
    <ul class="counts">
      {shown
        .filter(([standing, n]) => n > 0 || standing === "present")
        .map(([standing, , text]) => (
          <li key={standing} class={`count count-${standing}`}>
            <Glyph standing={standing} />
            {text}
          </li>
        ))}
    </ul>
  );
}
