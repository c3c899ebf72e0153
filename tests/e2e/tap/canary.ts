/**
 * A canary is a text that occurs nowhere by chance. Where it is found, in any of the forms that
 * programs write texts in, somebody else than the two people has read what they wrote.
 */
import { randomBytes } from "node:crypto";

const CANARY_BYTES = 12;

/** Small letters and digits: no form of writing escapes or folds them. */
export const newCanary = (): string => `canary${randomBytes(CANARY_BYTES).toString("hex")}`;

/** Somewhere that bytes were seen. */
export type Place = { readonly where: string; readonly bytes: Buffer };

/** Each form by its name; base64 has three, by where in a group of three bytes the text begins. */
export function formsOf(text: string | Buffer): ReadonlyMap<string, Buffer> {
  const raw = Buffer.from(text);
  const wide = Buffer.from(raw.toString("latin1"), "utf16le");
  const forms = new Map([
    ["raw", raw],
    ["utf-16le", wide],
    ["utf-16be", Buffer.from(wide).swap16()],
    ["hex", Buffer.from(raw.toString("hex"))],
    ["HEX", Buffer.from(raw.toString("hex").toUpperCase())],
  ]);
  for (const alphabet of ["base64", "base64url"] as const) {
    for (const before of [0, 1, 2]) {
      forms.set(`${alphabet}+${before}`, Buffer.from(middleOf(raw, before, alphabet)));
    }
  }
  return forms;
}

/** The characters of base64 that stand for bytes of the text alone, `before` others preceding it. */
function middleOf(raw: Buffer, before: number, alphabet: "base64" | "base64url"): string {
  const whole = Buffer.concat([Buffer.alloc(before), raw]);
  const from = Math.ceil((before * 8) / 6);
  return whole.toString(alphabet).slice(from, Math.floor((whole.length * 8) / 6));
}

/** "where: form" for each place that holds the text, and each form that it holds it in. */
export function leaksOf(text: string | Buffer, places: readonly Place[]): readonly string[] {
  const forms = [...formsOf(text)];
  return places.flatMap(({ where, bytes }) =>
    forms.filter(([, form]) => bytes.includes(form)).map(([name]) => `${where}: ${name}`),
  );
}
