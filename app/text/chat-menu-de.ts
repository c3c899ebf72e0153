/** What is said of settling a chat as a whole, of receipts and of naming people, in German. */
import type { ChatMenuTexts } from "./chat-menu-en.ts";
import { pluralOf } from "./plural.ts";

const plural = pluralOf("de");

export const chatMenuDe: ChatMenuTexts = {
  open: "Chatmenü",
  of: (name) => `Menü von ${name}`,
  mute: "Stummschalten",
  unmute: "Nicht mehr stumm",
  pin: "Chat anheften",
  unpin: "Chat lösen",
  archive: "Archivieren",
  unarchive: "Aus dem Archiv holen",
  muteHeading: "Diesen Chat stummschalten",
  howLong: "Wie lange?",
  spans: { hours: "8 Stunden", week: "1 Woche", always: "Immer" },
  stillTold: "Trotzdem melden",
  tolds: { mentions: "Nachrichten, die mich nennen", nothing: "Nichts" },
  muteHint: "Auf allen deinen Geräten. Sonst erfährt es niemand.",
  muted: "stumm",
  pinned: "angeheftet",
  archived: (count) => plural(count, { one: "Archiviert (#)", other: "Archiviert (#)" }),
  muteDone: "Stummgeschaltet",
  unmuteDone: "Nicht mehr stumm",
  pinDone: "Oben angeheftet",
  unpinDone: "Nicht mehr angeheftet",
  archiveDone: "Archiviert. Mit der nächsten Nachricht kommt er zurück.",
  archiveDoneMuted: "Archiviert",
  unarchiveDone: "Wieder in der Liste",
  receipts: "Lesebestätigungen senden",
  receiptsHint:
    "Wer dir schreibt, sieht, was du gelesen hast, und du, was sie gelesen haben. Ausgeschaltet sieht es keine Seite. Deine eigenen Geräte wissen es in jedem Fall.",
  mentionList: "Wen erwähnen?",
  mentionCount: (count) =>
    plural(count, {
      one: "# Person passt. Pfeiltasten wählen, Enter fügt den Namen ein.",
      other: "# Personen passen. Pfeiltasten wählen, Enter fügt den Namen ein.",
    }),
  mentionedYou: "nennt dich",
};
