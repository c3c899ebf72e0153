/** What is said of groups and in them, in German. Part of de.ts. */
import type { groupsEn, Who } from "./groups-en.ts";
import { figuresOf, listOf, pluralOf } from "./plural.ts";

const plural = pluralOf("de");
const figures = figuresOf("de");
const list = listOf("de");

/** "Du hast", "Ann hat". */
const has = (who: Who): string => (who === null ? "Du hast" : `${who} hat`);
const object = (who: Who): string => who ?? "dich";

const NAMED_MAX = 3;

function several(people: readonly Who[]): string {
  const names = people.map(object);
  if (names.length <= NAMED_MAX) return list(names);
  const more = names.length - NAMED_MAX + 1;
  return list([...names.slice(0, NAMED_MAX - 1), `${figures(more)} weitere`]);
}

export const groupsDe: typeof groupsEn = {
  button: "Neue Gruppe",
  name: "Name der Gruppe",
  topic: "Thema",
  topicOptional: "Thema (optional)",
  nameEmpty: "Gib der Gruppe zuerst einen Namen.",
  create: "Gruppe anlegen",
  creating: "Gruppe entsteht…",
  chooseMembers: "Wer ist von Anfang an dabei?",
  findContact: "Kontakt suchen",
  noContacts:
    "Du hast noch keine Kontakte. Lege die Gruppe an und lade mit einem Link aus ihren Einzelheiten ein.",
  allIn: "Alle deine Kontakte sind in dieser Gruppe. Lade andere mit einem Link ein.",
  noneFound: "Kein Kontakt heißt so.",
  chosen: (count) => plural(count, { one: "# gewählt", other: "# gewählt" }),
  history: "Frühere Nachrichten, die Neue lesen können",
  histories: { none: "Keine", week: "Die letzten 7 Tage", all: "Alle" },
  historyHint: "Aus dem, was die Leute in der Gruppe noch auf ihren Geräten haben.",
  members: (count) => plural(count, { one: "# Mitglied", other: "# Mitglieder" }),
  memberList: "Mitglieder",
  findMember: "Mitglied suchen",
  roles: { owner: "Besitzer", admin: "Admin", member: "Mitglied" },
  details: "Einzelheiten der Gruppe",
  hideDetails: "Einzelheiten ausblenden",
  heading: "Gruppe",
  edit: "Gruppe ändern",
  save: "Speichern",
  saved: "Gruppe geändert",
  addButton: "Mitglied hinzufügen",
  addHeading: "Mitglieder hinzufügen",
  add: "Hinzufügen",
  adding: "Wird hinzugefügt…",
  added: (count) => plural(count, { one: "# Person hinzugefügt", other: "# Personen hinzugefügt" }),
  actionsOf: (name) => `Aktionen für ${name}`,
  openChat: "Chat öffnen",
  makeAdmin: "Zum Admin machen",
  makeMember: "Zum einfachen Mitglied machen",
  makeOwner: "Zum Besitzer machen",
  remove: "Aus der Gruppe entfernen",
  removeHeading: (name) => `${name} aus der Gruppe entfernen?`,
  removeBody:
    "Die Person bekommt nichts mehr, was ab jetzt geschrieben wird. Was sie schon hat, bleibt auf ihren Geräten.",
  ownerHeading: (name) => `${name} zum Besitzer machen?`,
  ownerBody:
    "Wer die Gruppe besitzt, darf hier alles; zurücknehmen kann das nur, wer sie schon länger besitzt.",
  roleDone: "Rolle geändert",
  removeDone: "Aus der Gruppe entfernt",
  leave: "Gruppe verlassen",
  leaveHeading: "Diese Gruppe verlassen?",
  leaveBody:
    "Du bekommst nichts mehr, was ab jetzt geschrieben wird. Was du hast, bleibt auf deinen Geräten.",
  leaveLastOwner: (name) => `Die Gruppe gehört nur dir. Wenn du gehst, gehört sie ${name}.`,
  leaveAlone: "Sonst ist niemand darin: Danach kann hier niemand mehr schreiben.",
  cancel: "Abbrechen",
  startsHere: (name) => `Hier beginnt „${name}“. Sag hallo.`,
  youWereRemoved: (by) => `${by} hat dich aus dieser Gruppe entfernt.`,
  youLeft: "Du hast diese Gruppe verlassen.",
  notIn: "Du bist nicht in dieser Gruppe.",
  unsent: "Du hattest hier angefangen zu schreiben:",
  copyUnsent: "Text kopieren",
  deletedBy: (name) => `${name} hat diese Nachricht gelöscht`,
  notAccepted: "Nicht angenommen",
  notAcceptedHelp:
    "Als sie ankam, durftest du in der Gruppe nicht mehr schreiben. Nur du siehst sie; kopiere ihren Text, wenn du ihn brauchst.",
  waiting: "Wartet auf Einlass",
  waitingBody:
    "Du kommst herein, sobald ein Gerät von jemandem, der die Gruppe leitet, deinen Link gesehen hat, oder wenn jemand zustimmt.",
  refused: "Du wurdest nicht in diese Gruppe gelassen.",
  linkOver: "Der Link galt nicht mehr, als jemand aus der Gruppe nachsah. Bitte um einen neuen.",
  readers: "Wer sie hat",
  reached: { read: "Gelesen", delivered: "Zugestellt" },
  notYet: "Noch nicht",
  sentHelp: "Die Relays halten sie, bis alle sie abgeholt haben.",
  deliveredHelp: "Sie ist auf einem Gerät von jedem in der Gruppe.",
  readHelp: "Alle in der Gruppe haben sie gesehen.",
  writing: (names) => {
    if (names.length > NAMED_MAX) return `${names.length} Leute schreiben…`;
    return `${list(names)} ${names.length === 1 ? "schreibt" : "schreiben"}…`;
  },

  links: {
    button: "Einladungslinks",
    heading: "Einladungslinks",
    body: "Wer einen Link öffnet, kommt in die Gruppe, sobald ein Gerät eines Admins ihn gesehen hat.",
    make: "Link erstellen",
    making: "Link entsteht…",
    approval: "Ein Admin muss jedes Mal zustimmen",
    uses: "Wie viele dürfen kommen",
    usesOf: (count) =>
      count === null ? "Beliebig viele" : plural(count, { one: "# Person", other: "# Personen" }),
    expiry: "Gültig für",
    days: (count) => plural(count, { one: "# Tag", other: "# Tage" }),
    none: "Kein Link führt in diese Gruppe.",
    list: "Links",
    byApproval: "mit Zustimmung",
    used: (used, uses) => {
      if (uses !== null) return `${used} von ${uses} benutzt`;
      return used === 0
        ? "noch nicht benutzt"
        : plural(used, { one: "einmal benutzt", other: "#-mal benutzt" });
    },
    until: (time) => `bis ${time}`,
    over: {
      withdrawn: "Zurückgezogen",
      used: "Aufgebraucht",
      maker: "Beendet: Wer ihn gemacht hat, ist kein Admin mehr",
      expired: "Abgelaufen",
    },
    madeBy: (who) => `von ${who ?? "dir"}`,
    show: "Zeigen",
    withdraw: "Zurückziehen",
    withdrawn: "Link zurückgezogen",
    link: "Gruppenlink",
    qr: "Der Gruppenlink als QR-Code",
    shareText: "Komm in unsere Gruppe auf Kith",
    waiting: "Möchten herein",
    waitingCount: (count) =>
      plural(count, { one: "# Person möchte herein", other: "# Personen möchten herein" }),
    look: "Ansehen",
    giveUp: "Nicht länger warten",
    takeAway: "Aus meiner Liste nehmen",
    memberHeading: (name) => `Du bist schon in der Gruppe „${name}“`,
    memberBody: "Dieser Link führt dorthin.",
    wasRemoved: "wurde schon einmal entfernt",
    byItself: "kommt gleich von selbst herein",
    accept: "Annehmen",
    refuse: "Ablehnen",
    acceptOf: (name) => `${name} annehmen`,
    refuseOf: (name) => `${name} ablehnen`,
    accepted: (name) => `${name} ist in der Gruppe`,
    refusedDone: (name) => `${name} wurde abgelehnt`,
    invitedHeading: "Du wurdest in eine private Gruppe eingeladen",
    invitedBody: "Wähle einen Namen, und du bist dabei. Nur die Mitglieder können mitlesen.",
    joinHeading: (name) => `Der Gruppe „${name}“ beitreten?`,
    confirmHeading: "Der Gruppe beitreten, zu der dieser Link führt?",
    confirmBody: "Alle darin sehen deinen Namen und dass du über diesen Link kamst.",
    elsewhere: (relay) =>
      `Der Link führt zu einem anderen Relay, ${relay}. Es weiß, wie die Gruppe heißt. Wer es betreibt, sieht, dass du fragst, und deine Internetadresse.`,
    askName: "Fragen, wie sie heißt",
    confirm: "Gruppe beitreten",
    joining: "Beitreten…",
  },

  lines: {
    created: (by, name) => `${has(by)} die Gruppe „${name}“ angelegt`,
    added: (by, whom) => `${has(by)} ${several(whom)} hinzugefügt`,
    joined: (who, by) =>
      `${who === null ? "Du bist" : `${who} ist`} über einen Link von ${by ?? "dir"} gekommen`,
    removed: (by, whom) => `${has(by)} ${several(whom)} entfernt`,
    left: (who) => `${has(who)} die Gruppe verlassen`,
    role: {
      owner: (by, whom) => `${has(by)} ${object(whom)} zum Besitzer gemacht`,
      admin: (by, whom) => `${has(by)} ${object(whom)} zum Admin gemacht`,
      member: (by, whom) => `${has(by)} ${object(whom)} zum einfachen Mitglied gemacht`,
    },
    renamed: (by, name) => `${has(by)} die Gruppe „${name}“ genannt`,
    topic: (by, topic) =>
      topic === "" ? `${has(by)} das Thema entfernt` : `${has(by)} das Thema gesetzt: ${topic}`,
    picture: (by, isThere) => `${has(by)} das Bild ${isThere ? "geändert" : "entfernt"}`,
    history: {
      none: (by) => `${has(by)} bestimmt, dass Neue nichts Früheres lesen`,
      week: (by) => `${has(by)} bestimmt, dass Neue die letzten 7 Tage lesen`,
      all: (by) => `${has(by)} bestimmt, dass Neue alles Frühere lesen`,
    },
    other: (by) => `${has(by)} etwas geändert, wofür es ein neueres Kith braucht`,
  },

  errors: {
    notMember: "Du bist nicht mehr in dieser Gruppe.",
    roleTooLow: {
      admin: "Das dürfen nur Admins und Besitzer.",
      owner: "Das dürfen nur Besitzer.",
      member: "Das dürfen nur Mitglieder.",
    },
    roleAboveOwn: "Eine höhere Rolle als die eigene kannst du nicht vergeben.",
    rankTooLow: "Die Person hat dieselbe Rolle und ist länger dabei, oder eine höhere.",
    targetNotMember: "Die Person ist nicht mehr in der Gruppe.",
    alreadyMember: "Die Person ist schon in der Gruppe.",
    sameRole: "Die Person hat diese Rolle schon.",
    full: (limit) => `Die Gruppe ist voll: Mehr als ${limit} Leute gehen nicht.`,
    nameTooLong: (limit) => `Das ist zu lang: höchstens ${figures(limit)} Bytes.`,
    contactUnknown: "Nur Kontakte lassen sich hinzufügen. Lade andere mit einem Link ein.",
    uses: (limit) => `Ein Link gilt für 1 bis ${figures(limit)} Leute.`,
    life: "Ein Link gilt mindestens eine Minute, und nicht so lange.",
    linksTooMany: (limit) =>
      `${limit} Links führen in diese Gruppe, mehr gehen nicht. Ziehe zuerst einen zurück.`,
    linkUnknown: "Diesen Link gibt es nicht mehr.",
    joinUnknown: "Die Person wartet nicht mehr.",
  },
};
