/** What is said about a person's devices and where their history lives, in German. Part of de.ts. */
import type { devicesEn } from "./devices-en.ts";
import { figuresOf, pluralOf } from "./plural.ts";

const plural = pluralOf("de");
const figures = figuresOf("de");

export const devicesDe: typeof devicesEn = {
  list: "Deine Geräte",
  thisDevice: "Dieses Gerät",
  unnamed: "Gerät ohne Namen",
  added: (when) => `hinzugefügt ${when}`,
  heard: (when) => `zuletzt gehört ${when}`,
  neverHeard: "noch nichts gehört",
  rename: "Umbenennen",
  renameOf: (name) => `${name} umbenennen`,
  remove: "Entfernen",
  removeOf: (name) => `${name} entfernen`,
  renameHeading: "Name des Geräts",
  nameOfDevice: "Gerätename",
  save: "Speichern",
  cancel: "Abbrechen",
  callMe: "Meinen Namen ändern",
  callMeHeading: "Meinen Namen ändern",
  myName: "Mein Name",
  callMeHint: "Deine Kontakte und deine anderen Geräte sehen den neuen Namen.",

  removeHeading: (name) => `${name} entfernen?`,
  removeBody:
    "Es bekommt von jetzt an nichts mehr, und was es noch schreibt, zählt nirgends. Was schon darauf ist, bleibt darauf. Das lässt sich nicht rückgängig machen: Um es wieder zu benutzen, verbinde es neu.",
  removeKeep:
    "Es hat diese Geräte verbunden. Nimm den Haken bei denen weg, die du nicht kennst; sie werden mit entfernt.",
  removeConfirm: "Gerät entfernen",
  errors: {
    unknown: "Dieses Gerät gehört nicht mehr zu deinem Konto.",
    isThis: "Das ist dieses Gerät. Melde dich stattdessen hier ab.",
    isOut: "Dieses Gerät wurde selbst aus deinem Konto entfernt.",
    tooMany: "Dein Konto hatte mehr Geräte, als sich nachhalten lassen. Dieses bleibt.",
  },
  removed: (name) => `${name} ist entfernt.`,

  signOut: "Abmelden",
  signOutHeading: "Auf diesem Gerät abmelden?",
  signOutBody:
    "Alles, was Kith in diesem Browser aufbewahrt, wird gelöscht: deine Schlüssel, dein Name, alle Nachrichten.",
  signOutTold: "Deine Kontakte und deine anderen Geräte erfahren, dass es dieses nicht mehr gibt.",
  signOutOthers: (names) => `Alles davon bleibt auf: ${names}.`,
  signOutPartly: (count) =>
    `${plural(count, { one: "# Eintrag ist", other: "# Einträge sind" })} nur auf diesem Gerät, soweit deine anderen gesagt haben.`,
  signOutOnly:
    "Kein anderes deiner Geräte hat all das. Was deine Kontakte haben, behalten sie, aber ohne ein anderes Gerät, eine Sicherung oder deine Wiederherstellungswörter kommst du nicht mehr heran.",
  signOutWaiting: (count) =>
    plural(count, {
      one: "# Nachricht wartet noch darauf, gesendet zu werden, und geht vielleicht verloren.",
      other: "# Nachrichten warten noch darauf, gesendet zu werden, und gehen vielleicht verloren.",
    }),
  signOutOffline:
    "Es gibt gerade keine Verbindung. Niemand kann erfahren, dass es dieses Gerät nicht mehr gibt: Entferne es auch auf einem anderen.",
  signOutConfirm: "Abmelden und löschen",
  signingOut: "Die anderen erfahren es, dann wird gelöscht…",
  notTold:
    "Nicht alle haben erfahren, dass es dieses Gerät nicht mehr gibt. Entferne es auch auf einem anderen deiner Geräte.",
  erase: "Dieses Gerät löschen",
  eraseNow: "Jetzt löschen",
  erasing: "Dieser Browser wird gelöscht…",
  eraseFailed:
    "Der Browser hat nicht alles hergegeben. Schließe andere Fenster von Kith und versuche es noch einmal.",

  outHeading: "Dieses Gerät wurde aus deinem Konto entfernt",
  outBody:
    "Ein anderes deiner Geräte hat es entfernt, oder du hast begonnen, dich abzumelden. Es bekommt nichts mehr, und niemand nimmt an, was hier geschrieben wird. Was darauf ist, kannst du lesen, bis du es löschst.",
  outErase: "Dieses Gerät löschen",
  outComposer:
    "Dieses Gerät wurde aus deinem Konto entfernt: Von ihm lässt sich nichts mehr senden.",

  newDevice: (name, when) =>
    name === null
      ? `Deinem Konto wurde ein Gerät hinzugefügt, ${when}. Wenn du das nicht warst, entferne es in den Einstellungen.`
      : `${name} hat ein Gerät hinzugefügt, ${when}. Es liest, was du von da an schreibst.`,
  goneDevice: (name, when) =>
    name === null
      ? `Aus deinem Konto wurde ein Gerät entfernt, ${when}.`
      : `${name} hat ein Gerät entfernt, ${when}. Was du schreibst, erreicht es nicht mehr.`,

  whereHeading: "Wo mein Verlauf liegt",
  whereBody:
    "Kein Server bewahrt deine Nachrichten auf. Jedes Gerät hat seine eigene Kopie, und die Menschen in einem Chat auch: Was eines verliert, bringen die anderen zurück.",
  entries: (count) => plural(count, { one: "# Eintrag", other: "# Einträge" }),
  complete: "vollständig",
  behind: (count) => plural(count, { one: "# fehlt", other: "# fehlen" }),
  nothingYet: "noch nichts, soweit es gesagt hat",
  share: (held, all) => `${figures(held)} von ${figures(all)}`,
  myDevices: "Meine Geräte",
  perChat: "Chats und ihre Menschen",
  nobodyElse: "Niemand sonst hat gesagt, was er hat.",
  holdsAll: "hat alles davon",
  onlyCopyHeading: "Dieses Gerät ist die einzige Kopie",
  onlyCopyBody:
    "Geht es verloren, kommt nur zurück, was deine Kontakte haben. Verbinde ein anderes Gerät oder schreibe eine Sicherung.",
  partCopyHeading: (count) =>
    plural(count, {
      one: "# Eintrag ist nur auf diesem Gerät",
      other: "# Einträge sind nur auf diesem Gerät",
    }),
  partCopyBody:
    "Deine anderen Geräte haben noch nicht gesagt, dass sie alles haben. Öffne Kith auf einem davon, dann bringen sie einander auf den Stand; oder schreibe eine Sicherung.",
  backupNever: "Auf diesem Gerät wurde keine Sicherung geschrieben.",
  backupAt: (when) => `Letzte Sicherung: ${when}.`,
  kept: "Der Browser hat zugesagt, diese Daten zu behalten.",
  notKept: "Der Browser darf diese Daten löschen, wenn der Platz knapp wird.",
  arriving: "Dein Verlauf kommt an",
  arrivingOf: (held, all) => `${figures(held)} von ${figures(all)} Einträgen sind da`,
};
