/** The catalogue in use, and dates and times as the reader's region writes them, in the school's time zone. */
import { en } from "./en.ts";

export { CONSENT_TEXT_VERSION } from "./en.ts";

export const t = en;

export const locale =
  navigator.languages.find((tag) => tag.split("-")[0] === t.language) ?? t.fallbackLocale;

document.documentElement.lang = t.language;

/** Text of an instant's time of day, such as 09:05. */
export function timeOf(instant: string | number, timeZone: string): string {
  return formatted({ hour: "numeric", minute: "2-digit", timeZone }, new Date(instant));
}

export function timeRange(from: string, to: string, timeZone: string): string {
  return `${timeOf(from, timeZone)} – ${timeOf(to, timeZone)}`;
}

/** A calendar date (YYYY-MM-DD), such as Monday 23 November. */
export function dayOf(date: string): string {
  return formatted({ weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }, noonOf(date));
}

export function dayWithYear(date: string): string {
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return formatted(options, noonOf(date));
}

export function dayAndTime(instant: string | number, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = {
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
  };
  if (timeZone !== undefined) options.timeZone = timeZone;
  return formatted(options, new Date(instant));
}

/** The calendar date some days away. */
export function dayAway(date: string, days: number): string {
  const moved = noonOf(date);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

function noonOf(date: string): Date {
  return new Date(`${date}T12:00:00Z`);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(options: Intl.DateTimeFormatOptions, date: Date): string {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    formats.set(key, format);
  }
  return format.format(date);
}
