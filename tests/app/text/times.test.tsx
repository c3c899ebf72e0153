import { beforeEach, expect, test } from "vitest";

import { speak } from "../../../app/text/speech.ts";
import { agoText, dayOf, dayText, shortTime } from "../../../app/text/times.ts";

const now = new Date(2026, 10, 22, 15, 30).getTime();
const HOUR = 3_600_000;

beforeEach(() => speak("en", ["en-GB"]));

test("[ATM1] names today and yesterday by name, other days by their date", () => {
  expect(dayText(now - 2 * HOUR, now)).toBe("Today");
  expect(dayText(now - 20 * HOUR, now)).toBe("Yesterday");
  expect(dayText(new Date(2026, 10, 3, 9).getTime(), now)).toBe("Tuesday 3 November");
  expect(dayText(new Date(2025, 10, 3, 9).getTime(), now)).toBe("3 November 2025");
});

test("[ATM2] is as short in the chat list as can be", () => {
  expect(shortTime(0, now)).toBe("");
  expect(shortTime(now - HOUR, now)).toBe("14:30");
  expect(shortTime(now - 50 * HOUR, now)).toBe("Fri");
  expect(shortTime(new Date(2026, 9, 3, 9).getTime(), now)).toBe("3 Oct");
});

test("[ATM3] says how long ago somebody was seen", () => {
  expect(agoText(now - 20_000, now)).toBe("just now");
  expect(agoText(now - 5 * 60_000, now)).toBe("5 minutes ago");
  expect(agoText(now - 3 * HOUR, now)).toBe("3 hours ago");
  expect(agoText(now - 30 * HOUR, now)).toBe("21 Nov 2026, 09:30");
  // A clock that is behind theirs.
  expect(agoText(now + HOUR, now)).toBe("just now");
});

test("[ATM4] follows the language", () => {
  speak("de", ["de-DE"]);
  expect(dayText(now - 20 * HOUR, now)).toBe("Gestern");
  expect(agoText(now - 5 * 60_000, now)).toBe("vor 5 Minuten");
  expect(dayOf(now)).toBe(dayOf(now - HOUR));
});
