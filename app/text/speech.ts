/**
 * The language spoken now, for the whole tab. Set once before the first paint and again when the
 * person picks another; the shell then renders everything anew.
 */
import type { Texts } from "./en.ts";
import { directionOf, type Language, LANGUAGES, localeOf, pickLanguage } from "./texts.ts";

type Speech = { readonly language: Language; readonly locale: string };

let speech: Speech = { language: "en", locale: "en" };

/** Also tells the document, so that CSS and assistive technology follow. */
export function speak(chosen: string | null, preferred: readonly string[]): void {
  const language = pickLanguage(chosen, preferred);
  speech = { language, locale: localeOf(language, preferred) };
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

export const texts = (): Texts => LANGUAGES[speech.language];
export const language = (): Language => speech.language;
/** A BCP 47 tag for Intl. */
export const locale = (): string => speech.locale;
