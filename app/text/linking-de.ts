/** What is said while a device is linked, in German. Part of de.ts. */
import type { Texts } from "./en.ts";

/** By their English names (crypto/verify/emoji.ts). */
const PICTURES = `Dog Hund, Cat Katze, Lion Löwe, Horse Pferd, Unicorn Einhorn, Pig Schwein,
  Elephant Elefant, Rabbit Hase, Panda Panda, Rooster Hahn, Penguin Pinguin, Turtle Schildkröte,
  Fish Fisch, Octopus Oktopus, Butterfly Schmetterling, Flower Blume, Tree Baum, Cactus Kaktus,
  Mushroom Pilz, Globe Globus, Moon Mond, Cloud Wolke, Fire Feuer, Banana Banane, Apple Apfel,
  Strawberry Erdbeere, Corn Mais, Pizza Pizza, Cake Kuchen, Heart Herz, Smiley Lächeln, Robot Roboter,
  Hat Hut, Glasses Brille, Spanner Schraubenschlüssel, Santa Weihnachtsmann, Thumbs_up Daumen_hoch,
  Umbrella Regenschirm, Hourglass Sanduhr, Clock Wecker, Gift Geschenk, Light_bulb Glühbirne,
  Book Buch, Pencil Bleistift, Paperclip Büroklammer, Scissors Schere, Lock Schloss, Key Schlüssel,
  Hammer Hammer, Telephone Telefon, Flag Flagge, Train Zug, Bicycle Fahrrad, Aeroplane Flugzeug,
  Rocket Rakete, Trophy Pokal, Ball Ball, Guitar Gitarre, Trumpet Trompete, Bell Glocke, Anchor Anker,
  Headphones Kopfhörer, Folder Ordner, Pin Stecknadel`;

const NAMES: ReadonlyMap<string, string> = new Map(
  PICTURES.split(",").map((pair) => {
    const [english = "", german = ""] = pair.trim().replaceAll("_", "\u00A0").split(" ");
    return [english.replaceAll("\u00A0", " "), german.replaceAll("\u00A0", " ")];
  }),
);

export const linkingDe: Texts["linking"] = {
  devices: "Geräte",
  you: (name, account) => `Du bist ${name}. Konto: ${account}`,
  button: "Gerät verbinden",
  firstButton: "Mit einem anderen Gerät verbinden",
  heading: "Gerät verbinden",
  body: {
    member:
      "Öffne Kith auf dem anderen Gerät, und lies diesen Code mit dessen Kamera ein oder füge dort den Link ein.",
    new: "Öffne auf einem Gerät, das du schon benutzt, die Einstellungen, Gerät verbinden, und lies diesen Code ein oder füge den Link ein.",
  },
  making: "Code wird erstellt…",
  qr: "Der Code als QR-Code",
  link: "Gerätelink",
  copy: "Kopieren",
  copied: "Kopiert",
  copyFailed: "Kopieren ging nicht. Markiere den Link und kopiere ihn von Hand.",
  expires: "Er gilt zehn Minuten und für ein Gerät.",
  receivedHeading: "Oder nimm den Code des anderen Geräts",
  received: "Link vom anderen Gerät",
  use: "Verwenden",
  meeting: "Warten auf das andere Gerät…",
  compareHeading: "Zeigen beide Bildschirme dieselben sieben Bilder?",
  pictures: "Sieben Bilder",
  compareMember: (name) =>
    `„${name}“ wird alles lesen und schreiben können wie du. Mach nur weiter, wenn das Gerät dir gehört und vor dir liegt.`,
  compareNew: (name) =>
    `Dieses Gerät wird eines von ${name}. Vergleiche die Bilder, und bestätige auf dem anderen Gerät.`,
  match: "Sie stimmen überein",
  cancel: "Abbrechen",
  granting: "Das Konto wird übergeben…",
  linkedMember: "Das Gerät ist verbunden. Es holt deine Nachrichten von selbst.",
  linkedNew: "Dieses Gerät ist verbunden.",
  silence:
    "Vom anderen Gerät ist noch nichts gekommen. Wurde Kith dort geschlossen oder neu geladen, fang auf beiden von vorn an.",
  beginAgain: "Von vorn anfangen",
  pictureName: (name) => NAMES.get(name) ?? name,
  errors: {
    malformed: "Das ist kein vollständiger Gerätelink. Kopiere ihn noch einmal, ganz.",
    expired:
      "Dieser Code ist abgelaufen, oder die Uhr eines der Geräte geht falsch. Fang mit einem neuen Code an.",
    ended: "Das wurde in einem anderen Fenster beendet, oder Kith musste neu starten.",
    bothMembers:
      "Beide Geräte sind schon eingerichtet. Verbunden wird ein neues Gerät mit einem, das in Gebrauch ist.",
    bothNew: "Noch keines der Geräte ist eingerichtet. Fang auf einem davon mit „Los geht’s“ an.",
    otherRelay: (address) =>
      `Dein Konto ist bei ${address} zu Hause. Öffne Kith auf dem neuen Gerät unter dieser Adresse, und verbinde es dort.`,
    used: "Ein anderes Gerät war mit diesem Code schneller. War es nicht deines, brich auf dem anderen Gerät ab und fang neu an.",
    forged:
      "Was kam, ist nicht, was der Code verspricht. Nichts wurde verbunden; fang mit einem neuen Code an.",
    cancelled: "Das andere Gerät hat abgebrochen. Nichts wurde verbunden.",
    tooMany: (limit) => `Dein Konto hat ${limit} Geräte, mehr gehen nicht. Entferne zuerst eines.`,
    tooLong: "Dein Konto enthält mehr, als einem neuen Gerät übergeben werden kann.",
    storage:
      "Der Speicher des Browsers hat das Konto nicht angenommen. Schaffe Platz und versuche es wieder.",
  },
};
