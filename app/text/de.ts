/** Every sentence of the app, in German. The type is the English catalogue's. */
import { chatMenuDe } from "./chat-menu-de.ts";
import { devicesDe } from "./devices-de.ts";
import type { Texts } from "./en.ts";
import { groupsDe } from "./groups-de.ts";
import { healingDe } from "./healing-de.ts";
import { linkingDe } from "./linking-de.ts";
import { mediaDe } from "./media-de.ts";
import { notificationsDe } from "./notifications-de.ts";
import { figuresOf, pluralOf } from "./plural.ts";
import { recoveryDe } from "./recovery-de.ts";
import { scanningDe } from "./scanning-de.ts";

const plural = pluralOf("de");
const figures = figuresOf("de");

export const de: Texts = {
  languageName: "Deutsch",
  close: "Schließen",
  done: "Fertig",
  back: "Zurück zu den Chats",
  tryAgain: "Nochmal versuchen",
  dismiss: "Nicht jetzt",
  you: "Du",

  onboarding: {
    heading: "Private Chats, die auf deinen Geräten bleiben",
    invitedHeading: "Du wurdest zu einem privaten Chat eingeladen",
    body: "Keine Telefonnummer, keine E-Mail, kein Passwort. Wähle einen Namen, unter dem deine Freunde dich kennen.",
    invitedBody: "Wähle einen Namen, und du bist dabei. Nur ihr beide könnt mitlesen.",
    name: "Dein Name",
    start: "Los geht’s",
    starting: "Deine Schlüssel entstehen…",
    nameEmpty: "Gib zuerst einen Namen ein.",
    nameTooLong: (limit) => `Der Name ist zu lang: höchstens ${limit} Bytes.`,
    inviteFailed: "Du bist eingerichtet, aber die Einladung ließ sich nicht öffnen.",
    goOnWithout: "Ohne sie weiter",
  },

  cleared: {
    heading: "Dein Speicher wurde geleert",
    body: "Kith wurde hier schon benutzt, aber der Browser hat die Daten entfernt: deine Schlüssel, dein Name und die Nachrichten auf diesem Gerät sind weg.",
    why: "Das tun Browser, wenn der Platz knapp wird, nach langer Zeit ohne Besuch, oder wenn Websitedaten von Hand gelöscht werden.",
    helpHeading: "Was du tun kannst",
    helpRestore:
      "Mit deinen 24 Wiederherstellungswörtern oder einer Sicherungsdatei bist du wieder du. Deine Nachrichten kommen von den Geräten deiner Freunde zurück.",
    helpOther:
      "Wenn Kith noch in einem anderen Browser oder auf einem anderen Gerät von dir läuft, verbinde dieses damit. Dort ist nichts verloren.",
    helpAgain:
      "Wenn du nichts davon hast, fang neu an. Für deine Freunde bist du dann jemand Neues: Lade sie neu ein oder bitte sie um einen Link.",
    startAgain: "Neu anfangen",
  },

  insecure: {
    heading: "Diese Seite braucht https",
    body: (host) =>
      `Kith verschlüsselt auf deinem Gerät, und das erlauben Browser nur auf Seiten, die über https kamen. ${host} wurde über einfaches http geöffnet.`,
    help: "Bitte den Betreiber dieses Servers um ein Zertifikat und öffne die Adresse noch einmal mit https:// davor. Auf dem Rechner des Servers selbst geht http://localhost ohne.",
  },

  unsupported: {
    heading: "Dieser Browser kann Kith nicht ausführen",
    body: (missing) => `Ihm fehlt etwas, ohne das Kith nicht auskommt: ${missing}.`,
    help: "Aktualisiere ihn, verlasse den privaten Modus oder nimm einen aktuellen Firefox, Chrome, Edge oder Safari.",
  },

  noEngine: {
    heading: "Kith konnte nicht starten",
    body: "Ein Teil der App kam nicht an, oder der Browser führt ihn nicht aus. Es wurde noch nichts angelegt, und nichts ist verloren.",
  },
  broken: {
    heading: "Kith konnte seinen Speicher nicht öffnen",
    body: "Die Nachrichten auf diesem Gerät ließen sich nicht lesen. Vielleicht sind sie noch da: Schließe andere Tabs von Kith, starte den Browser neu und versuche es noch einmal.",
  },

  fault: {
    heading: "In Kith ist etwas schiefgegangen",
    body: "Das ist unser Fehler, nicht deiner. Deine Nachrichten sind sicher auf diesem Gerät; meist hilft es, neu zu laden.",
  },

  late: {
    heading: "Dieser Teil von Kith fehlt",
    body: "Er konnte nicht geladen werden. Prüfe deine Verbindung und lade neu: Nichts, was du geschrieben hast, geht verloren.",
  },

  chats: {
    heading: "Chats",
    selfName: "Notizen an mich",
    selfHint: "Was du hier schreibst, siehst nur du",
    unread: (count) => plural(count, { one: "# ungelesen", other: "# ungelesen" }),
    request: "Nachrichtenanfrage",
    waiting: "Wartet auf Antwort",
    blocked: "Blockiert",
    own: (text) => `Du: ${text}`,
    draft: (text) => `Entwurf: ${text}`,
    writing: "schreibt…",
    nothingYet: "Noch keine Nachrichten",
    awaited: "Nach früheren Nachrichten wird gefragt…",
    firstHint:
      "Kith ist für Leute, die du kennst. Schick jemandem deinen Link, dann erscheint der Chat hier.",
    pickOne: "Wähle einen Chat oder lade jemanden ein.",
    navigation: "Chats und Einstellungen",
    noneAbove: "Das ist der erste Chat",
    noneBelow: "Das ist der letzte Chat",
    noUnreadAbove: "Kein ungelesener Chat darüber",
    noUnreadBelow: "Kein ungelesener Chat darunter",
  },

  invite: {
    button: "Jemanden einladen",
    heading: "Jemanden einladen",
    body: "Wer diesen Link öffnet, kann mit dir chatten. Er gilt einmal, auch während du offline bist.",
    link: "Einladungslink",
    copy: "Kopieren",
    copied: "Kopiert",
    copyFailed: "Das Kopieren ging nicht. Markiere den Link und kopiere ihn von Hand.",
    share: "Teilen",
    shareText: "Chatte mit mir auf Kith",
    qr: "Der Einladungslink als QR-Code",
    making: "Link entsteht…",
    unpublished:
      "Du bist offline. Der Link gilt, sobald dieses Gerät das Relay einmal erreicht hat.",
    receivedHeading: "Link bekommen?",
    received: "Ein Link, den du bekommen hast",
    open: "Öffnen",
    confirmHeading: "Chat mit der Person beginnen, die diesen Link gemacht hat?",
    confirmBody: "Sie sieht deinen Namen und dass du hier bist.",
    confirm: "Chat öffnen",
    opening: "Chat wird geöffnet…",
  },

  conversation: {
    messages: "Nachrichten",
    message: "Nachricht",
    placeholder: "Nachricht schreiben",
    send: "Senden",
    online: "online",
    lastSeen: (when) => `zuletzt da ${when}`,
    neverSeen: "noch nicht gesehen",
    writing: (name) => `${name} schreibt…`,
    today: "Heute",
    yesterday: "Gestern",
    justNow: "gerade eben",
    newMessages: (count) => plural(count, { one: "# neue Nachricht", other: "# neue Nachrichten" }),
    newDivider: "Neue Nachrichten",
    jumpToLatest: "Zum Neuesten",
    emptySelf: "Notizen, Links, Listen: Was du hier schreibst, ist nur für dich.",
    emptyDm: (name) => `Hier beginnt dein Chat mit ${name}. Sag hallo.`,
    emptyAwaited:
      "Nach früheren Nachrichten wird gefragt. Sie kommen, wenn ein Gerät da ist, das sie hat.",
    late: "kam spät an",
    clockAhead: "Uhr geht vor",
    newerApp: "Dafür braucht es ein neueres Kith.",
    arrived: (author, text) => `${author}: ${text}`,
    info: "Nachrichteninfo",
    notFound: "Dieser Chat ist nicht auf diesem Gerät.",
    sessionReset: (name: string, time: string): string =>
      `Die verschlüsselte Sitzung mit ${name} wurde am ${time} neu begonnen. Das geschieht, wenn der Speicher einer Seite in der Zeit zurückging.`,
    missing: (count) =>
      plural(count, {
        one: "# Nachricht ist noch nicht da",
        other: "# Nachrichten sind noch nicht da",
      }),
    characters: (count, limit) => `${figures(count)} von ${figures(limit)} Zeichen`,
    tooLong: (over) =>
      `Um ${plural(over, { one: "# Zeichen", other: "# Zeichen" })} zu lang. Kürze den Text oder sende ihn in Teilen.`,
    blockedComposer: (name) => `Du hast ${name} blockiert.`,
    unblock: "Freigeben",
  },

  actions: {
    menu: "Nachrichtenaktionen",
    reply: "Antworten",
    edit: "Bearbeiten",
    react: "Reagieren",
    forward: "Weiterleiten",
    pin: "Anheften",
    unpin: "Lösen",
    star: "Mit Stern merken",
    unstar: "Stern entfernen",
    copy: "Kopieren",
    info: "Info",
    deleteForMe: "Für mich löschen",
    deleteForAll: "Für alle löschen",
    pinDone: "Angeheftet",
    unpinDone: "Nicht mehr angeheftet",
    starDone: "Mit Stern gemerkt",
    unstarDone: "Stern entfernt",
    editDone: "Nachricht geändert",
    deleteDone: "Nachricht gelöscht",
    forwardDone: (count) =>
      plural(count, { one: "An # Chat weitergeleitet", other: "An # Chats weitergeleitet" }),
    copyFailed: "Das Kopieren ging nicht.",
    reacted: (emoji) => `Du hast mit ${emoji} reagiert`,
    unreacted: (emoji) => `Du hast ${emoji} zurückgenommen`,
    reactedBy: (who) => `von ${who}`,
    anyEmoji: "Beliebiges Emoji",
    chooseChats: "Wähle die Chats, die es bekommen. Von wem es ist, erfahren sie nicht.",
    replyingTo: (name) => `Antwort an ${name ?? "dich"}`,
    editing: "Deine Nachricht bearbeiten",
    cancel: "Abbrechen",
    save: "Speichern",
    answerTo: "Antwort auf:",
    forwarded: "Weitergeleitet",
    edited: "bearbeitet",
    deletedByYou: "Du hast diese Nachricht gelöscht",
    deleted: "Diese Nachricht wurde gelöscht",
    missing: "Der Text dieser Nachricht ist nicht hier",
    attachments: (count) => plural(count, { one: "# Datei", other: "# Dateien" }),
    pinnedMessage: "Angeheftete Nachricht",
    pinnedMessages: "Angeheftete Nachrichten",
    allPinned: (count) => `Alle ${count}`,
    nonePinned: "In diesem Chat ist nichts angeheftet.",
    starredMessages: "Nachrichten mit Stern",
    noneStarred:
      "Gib einer Nachricht einen Stern, dann steht sie hier. Nur du siehst deine Sterne.",
  },

  request: {
    heading: (name) => `${name} möchte mit dir chatten`,
    body: "Ihr kennt euch hier noch nicht. Erst wenn du annimmst, erfährt die Person, dass du das gesehen hast.",
    accept: "Annehmen",
    block: "Blockieren",
  },

  states: {
    waiting: "Wartet auf Versand",
    sent: "Gesendet",
    delivered: "Zugestellt",
    read: "Gelesen",
    saved: "Gespeichert",
  },

  info: {
    heading: "Nachrichteninfo",
    written: "Geschrieben",
    state: "Stand",
    from: "Von",
    id: "Nachrichten-ID",
    versions: "Frühere Fassungen",
    size: "Länge",
    bytes: (count) => plural(count, { one: "# Byte", other: "# Bytes" }),
    late: "Sie kam nach späteren Nachrichten an und steht da, wo sie geschrieben wurde.",
    clockAhead: "Die Uhr der Person ging gegenüber deiner vor; die gezeigte Zeit kann falsch sein.",
    waitingHelp: "Sie ist sicher auf diesem Gerät und geht von selbst hinaus.",
    sentHelp: "Das Relay hält sie, bis ein Gerät der anderen Seite sie abholt.",
    deliveredHelp: "Sie ist auf einem Gerät der anderen Seite.",
    readHelp: "Sie wurde gesehen.",
    savedHelp: "Sie ist sicher auf diesem Gerät.",
  },

  strip: {
    offline: "Offline. Du kannst weiterschreiben.",
    offlineWaiting: (count) =>
      plural(count, {
        one: "Offline, # Nachricht wird gesendet, sobald du zurück bist",
        other: "Offline, # Nachrichten werden gesendet, sobald du zurück bist",
      }),
    refused: "Das Relay nimmt dieses Gerät gerade nicht an. Kith versucht es von selbst wieder.",
    notAdmitted:
      "Dieses Relay nimmt niemanden ohne Einladung auf. Bitte seinen Betreiber oder jemanden dort um einen Link.",
    connecting: "Verbinden…",
    updating: (count) => `Aktualisieren… ${figures(count)}`,
    storageFull:
      "Auf diesem Gerät ist kein Platz: Neue Nachrichten warten im Relay. Schaffe Platz und lade neu.",
    storageFailed: "Der Speicher des Browsers versagt: Neue Nachrichten warten im Relay. Lade neu.",
    relayRenewed:
      "Dein Relay hat verloren, was es aufbewahrte, und fängt neu an. Auf diesem Gerät ist alles sicher; deine Kontakte erfahren, wo du bist.",
    clockOff:
      "Die Uhr dieses Geräts geht wohl falsch. Stelle sie, damit Nachrichten die richtige Zeit zeigen.",
    update: "Eine neue Version ist da",
    updateNow: "Aktualisieren",
    retired: "Kith wurde in einem anderen Tab aktualisiert.",
    reload: "Neu laden",
    engineSlow: "Es startet noch… das dauert länger als üblich.",
  },

  settings: {
    heading: "Einstellungen",
    open: "Einstellungen",
    theme: "Darstellung",
    themes: { system: "System", light: "Hell", dark: "Dunkel" },
    accent: "Farbe",
    accents: {
      violet: "Violett",
      blue: "Blau",
      teal: "Petrol",
      green: "Grün",
      amber: "Bernstein",
      rose: "Rosé",
    },
    language: "Sprache",
    privacy: "Privatsphäre",
    presence: "Zeigen, wann ich online bin",
    presenceHint:
      "Deine Kontakte sehen, wann du da bist, und du, wann sie da sind. Ausgeschaltet sieht es keine Seite.",
    storage: "Speicher",
    persisted: "Der Browser behält die Daten von Kith, bis du sie entfernst.",
    notPersisted: "Der Browser darf die Daten von Kith entfernen, wenn der Platz knapp wird.",
    persist: "Ihn bitten, sie zu behalten",
    persistRefused:
      "Er hat abgelehnt. Wenn du Kith installierst oder öfter benutzt, ändert sich das meist.",
    keys: "Tastatur",
    showKeys: "Alle Tastenkürzel zeigen",
  },

  healing: healingDe,
  linking: linkingDe,
  devices: devicesDe,
  recovery: recoveryDe,

  media: mediaDe,

  chatMenu: chatMenuDe,

  scanning: scanningDe,

  groups: groupsDe,

  notifications: notificationsDe,

  switcher: {
    heading: "Zu einem Chat gehen",
    field: "Chat suchen",
    matches: "Passende Chats",
    none: "Kein Chat heißt so.",
    found: (chats, doings) =>
      [
        ...(chats === 0 ? [] : [plural(chats, { one: "# Chat", other: "# Chats" })]),
        ...(doings === 0 ? [] : [plural(doings, { one: "# Aktion", other: "# Aktionen" })]),
      ].join(", "),
  },

  keys: {
    heading: "Tastenkürzel",
    command: "Strg",
    alt: "Alt",
    groups: ({ command, alt }) => [
      {
        title: "Überall",
        keys: [
          [`${command} + K`, "Zu einem Chat gehen, oder zu etwas anderem"],
          [`${alt} + ↑ ↓`, "Voriger oder nächster Chat"],
          [`${alt} + Umschalt + ↑ ↓`, "Voriger oder nächster ungelesener Chat"],
          [`${command} + /`, "Diese Liste"],
          ["Esc", "Schließen, oder zurück zu den Chats"],
        ],
      },
      {
        title: "In einem Chat",
        keys: [
          ["Enter", "Senden"],
          ["Umschalt + Enter", "Neue Zeile"],
          ["↑ ↓ Pos1 Ende", "Von Nachricht zu Nachricht"],
          ["Enter", "Auf einer Nachricht: was man mit ihr tun kann"],
          ["↑", "Im leeren Feld: die letzte eigene Nachricht ändern"],
          ["A … Z", "Losschreiben, wo immer du bist"],
        ],
      },
    ],
  },

  errors: {
    linkMalformed: "Das ist kein vollständiger Kith-Link. Kopiere ihn noch einmal ganz.",
    linkVersion: "Dieser Link stammt von einem neueren Kith. Lade neu und öffne ihn dann wieder.",
    linkExpired: "Diese Einladung ist abgelaufen. Bitte um eine neue.",
    linkIsOwn: "Das ist dein eigener Einladungslink. Schick ihn jemand anderem.",
    inviteNotFound: "Diese Einladung ist verbraucht oder zurückgezogen. Bitte um eine neue.",
    inviteForged: "Diese Einladung wurde unterwegs verändert. Trau ihr nicht; bitte um eine neue.",
    relayUnreachable:
      "Das Relay ist nicht erreichbar. Prüfe die Verbindung und versuche es wieder.",
    registrationRefused: "Dieses Relay nimmt niemanden neu auf.",
    notStarted: "Kith ist in diesem Browser noch nicht eingerichtet.",
    channelUnknown: "Dieser Chat ist nicht auf diesem Gerät.",
    textEmpty: "Eine Nachricht braucht Text.",
    notAllowed:
      "Hier kannst du nicht schreiben: Die Anfrage ist nicht angenommen, oder die Person ist blockiert.",
    messageUnknown: "Diese Nachricht ist nicht auf diesem Gerät.",
    messageGone: "Diese Nachricht wurde gelöscht.",
    notYours:
      "Diese Nachricht hat jemand anderes geschrieben: Nur von dort kann sie geändert werden.",
    emojiInvalid: "Das ist kein einzelnes Emoji.",
    mentionsInvalid: "In dieser Nachricht sind zu viele Personen genannt.",
    engineGone:
      "Der Motor von Kith musste neu starten. Sieh nach, ob der letzte Schritt gelang, sonst wiederhole ihn.",
    storageFull:
      "Auf diesem Gerät ist kein Platz, es wurde nicht gespeichert. Schaffe Platz und versuche es wieder.",
    storageFailed:
      "Der Speicher des Browsers versagt, es wurde nicht gespeichert. Lade neu und versuche es wieder.",
  },
};
