import { expect, test } from "vitest";

import { language, locale, speak, texts } from "../../../app/text/speech.ts";
import { directionOf, localeOf, pickLanguage } from "../../../app/text/texts.ts";

test("[ATX1] speaks the chosen language, else the browser's first that it knows, else English", () => {
  expect(pickLanguage("de", ["en-GB"])).toBe("de");
  expect(pickLanguage(null, ["fr-FR", "de-AT", "en"])).toBe("de");
  expect(pickLanguage(null, ["fr"])).toBe("en");
  expect(pickLanguage("constructor", ["toString"])).toBe("en");
});

test("[ATX2] the document's language and direction follow", () => {
  speak("de", ["en-US", "de-CH"]);
  expect(document.documentElement.lang).toBe("de");
  expect(document.documentElement.dir).toBe("ltr");
  expect([language(), locale(), texts().onboarding.start]).toEqual(["de", "de-CH", "Los geht’s"]);
  speak(null, ["en-GB"]);
  expect(document.documentElement.lang).toBe("en");
  expect(["ar", "he-IL", "fa", "ur-PK"].map(directionOf)).toEqual(["rtl", "rtl", "rtl", "rtl"]);
  expect(["en", "de-DE", "zh-Hant"].map(directionOf)).toEqual(["ltr", "ltr", "ltr"]);
});

test("[ATX3] dates take the browser's region of the language that is spoken", () => {
  expect(localeOf("en", ["de-DE", "en-AU"])).toBe("en-AU");
  expect(localeOf("de", ["en-AU"])).toBe("de");
});
