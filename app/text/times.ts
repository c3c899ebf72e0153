/**
 * Times as people say them, in their locale and time zone. All take milliseconds since 1970; what
 * is relative to now takes now as well. [ATM1] Days. [ATM2] The chat list. [ATM3] Last seen. [ATM4]
 * All follow the language.
 */
import { locale, texts } from "./speech.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Making a formatter costs a hundred times more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(ms: number, style: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale()} ${style}`;
  const known = formatters.get(key);
  const formatter = known ?? new Intl.DateTimeFormat(locale(), options);
  if (known === undefined) formatters.set(key, formatter);
  return formatter.format(ms);
}

export const clockTime = (ms: number): string =>
  format(ms, "clock", { hour: "2-digit", minute: "2-digit" });

export const fullTime = (ms: number): string =>
  format(ms, "full", { dateStyle: "full", timeStyle: "medium" });

/** Equal for two times of one calendar day where the person is. */
export const dayOf = (ms: number): string => new Date(ms).toDateString();

/** "Today", "Yesterday", else the weekday and date. */
export function dayText(ms: number, nowMs: number): string {
  const { today, yesterday } = texts().conversation;
  if (dayOf(ms) === dayOf(nowMs)) return today;
  if (dayOf(ms) === dayOf(nowMs - DAY_MS)) return yesterday;
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return sameYear
    ? format(ms, "day", { weekday: "long", day: "numeric", month: "long" })
    : format(ms, "dayAndYear", { day: "numeric", month: "long", year: "numeric" });
}

/** For the chat list: as short as it can be told. */
export function shortTime(ms: number, nowMs: number): string {
  if (ms === 0) return "";
  if (dayOf(ms) === dayOf(nowMs)) return clockTime(ms);
  if (nowMs - ms < 6 * DAY_MS && nowMs > ms) return format(ms, "weekday", { weekday: "short" });
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return sameYear
    ? format(ms, "date", { day: "numeric", month: "short" })
    : format(ms, "dateAndYear", { day: "numeric", month: "numeric", year: "2-digit" });
}

/** A day and a time of it, as short as they can be told. */
export const shortDate = (ms: number): string =>
  format(ms, "shortDate", { dateStyle: "medium", timeStyle: "short" });

/** "just now", "5 minutes ago", "3 hours ago", else the day and the time. */
export function agoText(ms: number, nowMs: number): string {
  const past = nowMs - ms;
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  if (past < MINUTE_MS) return texts().conversation.justNow;
  if (past < HOUR_MS) return relative.format(-Math.floor(past / MINUTE_MS), "minute");
  if (past < 12 * HOUR_MS) return relative.format(-Math.floor(past / HOUR_MS), "hour");
  return shortDate(ms);
}
