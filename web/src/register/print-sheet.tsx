/** The register on paper: everybody by name, with room for a signature. Shown in print only. */
import type { JSX } from "preact";

import type { Mark, Register } from "../api/endpoints.ts";
import { dayAndTime, dayWithYear, t, timeRange } from "../texts/index.ts";
import { now } from "../clock.ts";
import { standingOf } from "./standing.ts";

export function PrintSheet({ register }: { readonly register: Register }): JSX.Element {
  return (
    <div class="print-sheet" aria-hidden="true">
      <p class="print-title">{register.section.name}</p>
      <p>
        {dayWithYear(register.date)}, {timeRange(register.starts_at, register.ends_at)},{" "}
        {t.meetings.room(register.room_id)}, {t.registerStatuses[register.status]}
      </p>
      <table>
        <thead>
          <tr>
            <th>{t.print.number}</th>
            <th>{t.print.name}</th>
            <th>{t.print.mark}</th>
            <th>{t.print.reason}</th>
          </tr>
        </thead>
        <tbody>
          {register.marks.map((mark, index) => (
            <tr key={mark.student_id}>
              <td>{index + 1}</td>
              <td>{mark.name}</td>
              <td>{markText(mark)}</td>
              <td>{mark.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {[
          t.counts.present(register.counts.present),
          t.counts.doubtful(register.counts.doubtful),
          t.counts.unseen(register.counts.unseen),
          t.counts.absent(register.counts.absent),
        ].join(", ")}
      </p>
      <p class="print-signature">
        {t.print.teacher}, {t.print.signature}
      </p>
      <p class="print-foot">{t.print.printed(dayAndTime(now.value))}</p>
    </div>
  );
}

function markText(mark: Mark): string {
  const standing = standingOf(mark);
  const text = standing === "doubtful" ? t.doubtful : t.statuses[standing];
  return mark.source === "teacher" ? `${text} (${t.print.hand})` : text;
}
