/** The catalogue in use, and dates and times as the reader's region writes them, on the school's clock. */
import { signal } from "@preact/signals";

import { en } from "./en.ts";

export { CONSENT_TEXT_VERSION } from "./en.ts";

export const t = en;

export const locale =
  navigator.languages.find((tag) => tag.split("-")[0] === t.language) ?? t.fallbackLocale;

document.documentElement.lang = t.language;

/** The school's time zone (IANA). */
export const timeZone = signal("UTC");

/** An instant's time of day, such as 09:05. */
export function timeOf(instant: string | number): string {
  const options = { hour: "numeric", minute: "2-digit", timeZone: timeZone.value } as const;
  return formatted(options, new Date(instant));
}

export function timeRange(from: string, to: string): string {
  return `${timeOf(from)} – ${timeOf(to)}`;
}

/** A calendar date (YYYY-MM-DD), such as Monday 23 November. */
export function dayOf(date: string): string {
  return formatted({ weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }, noonOf(date));
}

export function dayWithYear(date: string): string {
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" } as const;
  return formatted(options, noonOf(date));
}

export function dayAndTime(instant: string | number): string {
  const options: Intl.DateTimeFormatOptions = {
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
    timeZone: timeZone.value,
  };
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
