/** Was gesagt wird, wenn etwas fehlt, spät kam oder zurückgebracht wurde, auf Deutsch. Teil von de.ts. */
import type { healingEn, Share } from "./healing-en.ts";
import { listOf, pluralOf } from "./plural.ts";

const plural = pluralOf("de");
const list = listOf("de");

const shareOf = ({ name, count }: Share): string => `${name ?? "deinem anderen Gerät"} (${count})`;

export const healingDe: typeof healingEn = {
  missing: (count) =>
    plural(count, {
      one: "# Nachricht fehlt. Kith sucht nach ihr.",
      other: "# Nachrichten fehlen. Kith sucht nach ihnen.",
    }),
  late: (count) =>
    plural(count, {
      one: "# ältere Nachricht ist angekommen",
      other: "# ältere Nachrichten sind angekommen",
    }),
  show: "Zeigen",
  gotIt: "Verstanden",
  healed: (relay, count, by) =>
    `${relay} hatte ${plural(count, { one: "# Nachricht", other: "# Nachrichten" })} nicht zugestellt. Zurückgebracht von ${list(by.map(shareOf))}.`,
  lossesHeading: "Was Relays verloren haben",
  recoveredFrom: "Wiederbekommen von",
  asked: "In so großen Gruppen melden Geräte erst auf Nachfrage, was sie haben. Kith fragt nach …",
  otherDevice: "deinem anderen Gerät",
  forkLines: (name, first, second) =>
    `Ein Gerät von ${name} hat an derselben Stelle Verschiedenes gesagt: „${first}“ zu den einen, „${second}“ zu den anderen. Was es dort und danach gesagt hat, zählt nicht, außer ${name} hat dieses Gerät entfernt und steht dazu.`,
  forkHidden: (name) =>
    `Ein Gerät von ${name} hat verschiedenen Leuten Verschiedenes gesagt. Was es von da an gesagt hat, zählt nicht, außer ${name} hat dieses Gerät entfernt und steht dazu.`,
  declined: (name, count) =>
    `${name} hat dich in ${count} Gruppen aufgenommen, in denen du nichts geschrieben hast, und in weitere. Den weiteren tritt Kith bei, wenn du in einer der anderen schreibst oder sie verlässt.`,
  unreachable: (name) =>
    `${name} ist nicht mehr da, wo du ${name} zuletzt erreicht hast, und niemand, der da ist, weiß es besser. Bitte um einen neuen Einladungslink und öffne ihn hier: Dieser Chat geht weiter.`,
};
