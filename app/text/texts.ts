/**
 * The app's texts in the person's language. [ATX1] The chosen language wins, then the browser's
 * list in its order, then English. [ATX2] The direction of writing follows the
 * language. [ATX3] Dates follow the browser's region of it.
 */
import { de } from "./de.ts";
import { en, type Texts } from "./en.ts";

export const LANGUAGES = { en, de } as const satisfies Readonly<Record<string, Texts>>;
export type Language = keyof typeof LANGUAGES;

export const isLanguage = (value: string): value is Language => Object.hasOwn(LANGUAGES, value);

/** Right-to-left scripts among the languages of the world that people set browsers to. */
const RTL_LANGUAGES: ReadonlySet<string> = new Set([
  "ar",
  "arc",
  "ckb",
  "dv",
  "fa",
  "he",
  "ks",
  "ps",
  "sd",
  "ug",
  "ur",
  "yi",
]);

const baseOf = (tag: string): string => tag.split("-")[0]?.toLowerCase() ?? "";

export const directionOf = (tag: string): "ltr" | "rtl" =>
  RTL_LANGUAGES.has(baseOf(tag)) ? "rtl" : "ltr";

/** `chosen` is the person's own choice, null for none; `preferred` the browser's, best first. */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  return [chosen ?? "", ...preferred].map(baseOf).find(isLanguage) ?? "en";
}

/** For dates: the browser's own region where its language is the one we speak. */
export function localeOf(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => baseOf(tag) === language) ?? language;
}
