/** Recovery words, backups, coming back, safety numbers, in German. Part of de.ts. */
import { pluralOf } from "./plural.ts";
import type { RecoveryTexts } from "./recovery-en.ts";

const plural = pluralOf("de");

export const recoveryDe: RecoveryTexts = {
  heading: "Wiederherstellung und Sicherung",
  words: "Wiederherstellungswörter",
  exportBackup: "Sicherung speichern",
  importBackup: "Sicherung einlesen",
  restore: "Wiederherstellen",
  cancel: "Abbrechen",
  wordsOpen:
    "Deine Wiederherstellungswörter sind noch nicht aufgeschrieben. Wenn du alle Geräte verlierst, bringt sonst nichts dein Konto zurück.",
  wordsKept: "Du hast deine Wiederherstellungswörter aufgeschrieben. Kein Gerät behält sie mehr.",
  keptBy: (device, when) =>
    `Das hat am ${when} ein anderes deiner Geräte gemeldet: ${device === "" ? "eines ohne Namen" : device}. Warst du das nicht, dann entferne das Gerät und speichere eine Sicherung.`,
  lastBackup: (when: string): string => `Letzte Sicherung von diesem Gerät: ${when}`,
  noBackup: "Dieses Gerät hat noch keine Sicherung geschrieben.",
  offer:
    "Schreib 24 Wörter auf, und du kommst zurück, auch wenn alle deine Geräte verloren sind. Es dauert fünf Minuten.",
  show: {
    lead: "Schreib diese 24 Wörter in ihrer Reihenfolge auf Papier. Wer sie hat, ist du: Zeig sie niemandem, und fotografiere sie nicht.",
    list: "Deine 24 Wiederherstellungswörter",
    next: "Ich habe sie aufgeschrieben",
    loading: "Deine Wörter werden geholt …",
  },
  check: {
    lead: "Zeig, dass das Papier vollständig ist: Tipp diese drei Wörter ab.",
    word: (place: number): string => `Wort ${place}`,
    wrong: (place: number): string =>
      `Das ist nicht Wort ${place}. Sieh noch einmal auf dein Papier.`,
    confirm: "Bestätigen",
    again: "Die Wörter noch einmal zeigen",
  },
  kept: "Fertig. Ab jetzt behält kein Gerät diese Wörter: Dein Papier ist das einzige Exemplar. Heb es auf wie einen Pass.",
  keptEarlier:
    "Du hast deine Wiederherstellungswörter früher aufgeschrieben, und kein Gerät behält sie mehr. Wer das Papier hat, kann dein Konto wiederherstellen.",
  restoring: {
    heading: "Dein Konto wiederherstellen",
    lead: "Tipp die 24 Wörter von deinem Papier ab. Deine Kontakte und Gruppen sind gleich wieder da, deine Nachrichten kommen von deinen Kontakten und deinen anderen Geräten.",
    field: "Wiederherstellungswörter",
    hint: "Mit Leerzeichen dazwischen. Von jedem genügen die ersten vier Buchstaben.",
    elsewhere: "Mein Relay war ein anderes",
    relay: "Adresse des Relays",
    submit: "Wiederherstellen",
    working: "Dein Konto wird geholt …",
    orBackup: "Hast du eine Sicherungsdatei?",
    nothingFound:
      "Dieses Relay hat nichts zu diesen Wörtern. War dein Konto bei einem anderen Relay, gib dessen Adresse an. Sonst kannst du mit demselben Konto leer weitermachen: Wer dich als Kontakt hat, erreicht dich wieder, wenn ihr euch begegnet.",
    name: "Dein Name",
    goOnEmpty: "Ohne weitermachen",
  },
  wordsErrors: {
    tooLong: "Das sind weit mehr als 24 Wörter.",
    unknown: (place: number): string => `Wort ${place} steht nicht in der Liste.`,
    nearest: (words: string): string => `Meintest du ${words}?`,
    or: " oder ",
    count: (words: number, expected: number): string =>
      `${plural(words, { one: "Das ist # Wort", other: "Das sind # Wörter" })}; es müssen ${expected} sein.`,
    checksum:
      "Eines der Wörter ist ein anderes, oder zwei haben den Platz getauscht. Vergleich sie mit deinem Papier.",
  },
  errors: {
    relayUrl: "Das ist keine Adresse eines Relays. Sie sieht aus wie https://relay.example.",
    capsuleVersion:
      "Was beim Relay liegt, hat ein neueres Kith geschrieben. Lade Kith neu und versuch es noch einmal.",
    capsuleForged:
      "Was beim Relay liegt, wurde beschädigt oder verändert. Nichts wurde wiederhergestellt. Versuch ein anderes Relay oder eine Sicherungsdatei; oder mach mit demselben Konto weiter, leer: Den Rest haben deine anderen Geräte und deine Kontakte.",
    notAge: "Das ist keine Sicherungsdatei.",
    ageUnknown: "Diese Datei hat ein Programm geschrieben, das Kith nicht kennt.",
    locked: "Diese Passphrase öffnet die Datei nicht.",
    lockedWords: "Diese Wörter öffnen die Datei nicht.",
    foreign: "Die Datei lässt sich öffnen, aber Kith hat sie nicht geschrieben.",
    version:
      "Diese Datei hat ein neueres Kith geschrieben. Lade Kith neu und versuch es noch einmal.",
    damaged:
      "Die Datei ist beschädigt: Ein Teil fehlt, ist verändert oder am falschen Platz. Nichts davon wurde eingelesen. Versuch eine andere Kopie.",
    otherAccount: "Diese Sicherung gehört zu einem anderen Konto. Nichts davon wurde eingelesen.",
    otherWords: "Diese Wörter gehören zu einem anderen Konto als die Sicherung.",
    needsWords:
      "Diese Datei bringt deine Nachrichten zurück, und deine 24 Wiederherstellungswörter bringen dein Konto zurück. Tipp auch die Wörter ein.",
    fileUnreadable: "Der Browser konnte die Datei nicht lesen. Wähl sie noch einmal aus.",
    notSaved: "Die Datei konnte nicht geschrieben werden. Ist auf der Festplatte noch Platz?",
    notTried:
      "Dieses Gerät hatte zu wenig freien Speicher für die Passphrase. Schließe andere Tabs und Programme und versuche es noch einmal.",
    noKey:
      "Dein anderes Gerät hat die Wörter aufgeschrieben, und dieses weiß noch nicht, wie es eine Datei damit verschließt. Nimm eine Passphrase.",
  },
  exporting: {
    lead: "Eine Sicherung enthält dein Konto und alle Nachrichten, die auf diesem Gerät sind. Niemand öffnet sie ohne das, was du hier wählst. Auch das Programm „age“ öffnet sie.",
    lock: "Öffnen mit",
    locks: { passphrase: "Einer Passphrase", words: "Meinen Wiederherstellungswörtern" },
    passphrase: "Passphrase",
    again: "Passphrase noch einmal",
    hint: "Mindestens 12 Zeichen. Gut sind vier Wörter, die nichts miteinander zu tun haben.",
    tooShort: "Nimm mindestens 12 Zeichen.",
    differs: "Die beiden sind nicht gleich.",
    wordsHint: "Du brauchst keine Passphrase: Deine 24 Wörter öffnen die Datei.",
    wordsOpen:
      "Du hast sie noch nicht aufgeschrieben. Tu auch das (Einstellungen, Wiederherstellungswörter): Ohne sie öffnet niemand diese Datei.",
    save: "Datei speichern",
    key: "Aus der Passphrase wird ein Schlüssel …",
    working: "Die Sicherung wird geschrieben …",
    saved: (entries: number): string =>
      `${plural(entries, { one: "# Eintrag ist", other: "# Einträge sind" })} in der Datei. Bewahr sie woanders auf als auf diesem Gerät.`,
  },
  importing: {
    lead: "Was in der Datei steht, kommt zu dem dazu, was hier ist. Nichts, was du seither gelesen, gelöscht oder blockiert hast, kommt zurück.",
    leadNew:
      "Dein Konto und deine Nachrichten kommen zurück, wie sie waren, als die Datei geschrieben wurde. Was später kam, kommt von deinen Kontakten und deinen anderen Geräten.",
    file: "Sicherungsdatei",
    passphrase: "Passphrase",
    submit: "Einlesen",
    trying: "Die Passphrase wird geprüft …",
    checking: "Die Datei wird geprüft …",
    working: "Sie wird eingelesen …",
    stopped:
      "Angehalten. Was schon eingelesen ist, bleibt. Lies dieselbe Datei noch einmal ein, dann kommt der Rest.",
    done: "Die Sicherung wurde eingelesen.",
    progress: "Wie viel von der Datei geschafft ist",
  },
  safety: {
    button: "Sicherheitsnummer",
    heading: (name: string): string => `Sicherheitsnummer mit ${name}`,
    lead: (name: string): string =>
      `Vergleich diese Ziffern mit denen, die ${name} sieht, persönlich oder in einem Anruf. Sind sie gleich, steht niemand zwischen euch.`,
    digits: "Sicherheitsnummer",
    qr: "Die Sicherheitsnummer als QR-Code",
    scanHint: (name: string): string =>
      `Oder einer von euch liest den Code des anderen ein, hier oder mit der Kamera eines Telefons: Kith öffnet sich und vergleicht. Zeig ${name} diesen hier.`,
    otherContact: (name: string): string =>
      `Das ist der Code eines anderen Kontakts und nicht der von ${name}.`,
    working: "Wird berechnet …",
    isVerified: (name: string): string => `Du hast ${name} bestätigt.`,
    notVerified: (name: string): string => `Du hast ${name} noch nicht bestätigt.`,
    verify: "Als bestätigt markieren",
    unverify: "Zurücknehmen",
    badge: "Bestätigt",
    stays:
      "Die Nummer bleibt gleich, solange ihr beide dieselben Konten habt, auch wenn Geräte kommen und gehen. Wer eine andere Nummer hat, ist ein anderes Konto, wie auch immer es sich nennt.",
    match: (name: string): string =>
      `Der Code stimmt: Das ist ${name}, und niemand steht zwischen euch.`,
    noMatch:
      "Dieser Code gehört zu keinem deiner Kontakte. Entweder wurde er für jemand anderen gemacht, oder jemand steht zwischen euch. Vergleicht die Ziffern.",
    checkHeading: "Eine gescannte Sicherheitsnummer",
    codeMalformed: "Das ist kein vollständiger Code. Scann ihn noch einmal.",
  },
};
