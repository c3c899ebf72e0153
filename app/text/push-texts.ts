/**
 * What notifications say when the app is closed. Apart from the catalogue: the service worker, which says
 * it, is to carry no more words than these.
 */
export type PushTexts = {
  readonly unknown: string;
  readonly message: string;
  readonly request: (name: string) => string;
};

const en: PushTexts = {
  unknown: "You may have new messages",
  message: "New message",
  request: (name) => `${name} would like to write to you`,
};

const de: PushTexts = {
  unknown: "Vielleicht hast du neue Nachrichten",
  message: "Neue Nachricht",
  request: (name) => `${name} möchte dir schreiben`,
};

const BY_LANGUAGE: ReadonlyMap<string, PushTexts> = new Map([
  ["en", en],
  ["de", de],
]);

/** `preferred`: the browser's languages, best first. */
export const pushTexts = (preferred: readonly string[]): PushTexts =>
  preferred
    .map((tag) => BY_LANGUAGE.get(tag.split("-")[0]?.toLowerCase() ?? ""))
    .find((it) => it !== undefined) ?? en;
