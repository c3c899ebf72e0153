import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";

import {
  openPreferences,
  parsePreferences,
  readPreferences,
  setPreferences,
} from "../../../app/platform/preferences.ts";

beforeEach(() => {
  localStorage.clear();
  openPreferences();
});

test("[APF1] a choice is kept, and shown on the document", () => {
  setPreferences({ theme: "dark", accent: "teal" });
  expect(document.documentElement.dataset).toMatchObject({ theme: "dark", accent: "teal" });
  openPreferences();
  expect(readPreferences()).toEqual({
    theme: "dark",
    accent: "teal",
    language: null,
    notifications: "unasked",
    recoveryOffered: false,
    lastChat: null,
  });
});

test("[APF2] follows another tab", () => {
  const value = JSON.stringify({ theme: "light" });
  localStorage.setItem("kith-look", value);
  dispatchEvent(new StorageEvent("storage", { key: "kith-look", newValue: value }));
  expect(readPreferences().theme).toBe("light");
});

test("[APF3] whatever is stored, what is not understood becomes its default", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { theme, accent, lastChat } = parsePreferences(value);
      expect(["system", "light", "dark"]).toContain(theme);
      expect(accent).toMatch(/^[a-z]+$/u);
      expect(lastChat === null || Number.isSafeInteger(lastChat)).toBe(true);
    }),
  );
  localStorage.setItem("kith-look", "{");
  openPreferences();
  expect(readPreferences().theme).toBe("system");
});
