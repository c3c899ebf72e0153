/** What is said of long texts, pictures of groups and messages that disappear, in German. Part of de.ts. */
import type { mediaEn } from "./media-en.ts";
import { pluralOf } from "./plural.ts";

const plural = pluralOf("de");

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const lifetime = (ms: number): string => {
  if (ms % (7 * DAY_MS) === 0) {
    return plural(ms / (7 * DAY_MS), { one: "# Woche", other: "# Wochen" });
  }
  if (ms % DAY_MS === 0) return plural(ms / DAY_MS, { one: "# Tag", other: "# Tage" });
  return plural(Math.max(1, Math.round(ms / HOUR_MS)), { one: "# Stunde", other: "# Stunden" });
};

const after = { read: "dem Lesen", sent: "dem Senden" } as const;

export const mediaDe: typeof mediaEn = {
  showAll: "Alles zeigen",
  showLess: "Weniger zeigen",
  coming: "Der Rest ist unterwegs …",
  unreachable: "Der Rest kommt, sobald ein Relay erreichbar ist.",
  missing: "Kein Relay hat den Rest noch. Alle, die ihn haben könnten, wurden gefragt.",
  refused: "Der Rest ist nicht das, was unterschrieben wurde, und wird nicht gezeigt.",
  sending: "Der Rest wartet auf das Relay.",
  full: "Dein Relay hat keinen Platz für den Rest. Es wird weiter versucht; lange Texte zu löschen schafft Platz.",
  notTaken: "Dein Relay nimmt keine so langen Texte. Sende ihn in Teilen.",
  notHereYet:
    "Der Rest dieses Textes ist noch nicht da. Warte, bis er kam, und versuche es dann noch einmal.",
  picture: {
    heading: "Bild der Gruppe",
    choose: "Bild auswählen",
    remove: "Bild entfernen",
    saved: "Das Bild ist gesetzt.",
    removed: "Das Bild ist entfernt.",
    unfit: "Dieses Bild geht hier nicht. Wähle ein PNG, JPEG oder WebP.",
    tooManyPixels: "Dieses Bild hat mehr als 40 Millionen Bildpunkte. Wähle ein kleineres.",
    tooLarge: "Das Bild blieb zu groß. Wähle ein anderes.",
  },
  timer: {
    button: (now) =>
      now === null ? "Verschwindende Nachrichten: aus" : `Verschwindende Nachrichten: ${now}`,
    heading: "Verschwindende Nachrichten",
    explained:
      "Neue Nachrichten verschwinden hier für alle, nach so langer Zeit. Was jemand kopiert hat, bleibt bei ihm.",
    afterHeading: "Nach welcher Zeit?",
    fromHeading: "Gezählt ab",
    from: after,
    fromHint: "Jedes Gerät zählt für sich. Eines, das aus war, zählt ab der Ankunft.",
    off: "Aus",
    lifetime,
    line: (by, { lifetimeMs, from }) => {
      const verb = by === null ? "Du hast" : `${by} hat`;
      return lifetimeMs === 0
        ? `${verb} verschwindende Nachrichten ausgeschaltet`
        : `${verb} eingestellt, dass Nachrichten ${lifetime(lifetimeMs)} nach ${after[from]} verschwinden`;
    },
    note: (now, from) => `Nachrichten verschwinden ${now} nach ${after[from]}.`,
    info: "Verschwindet",
    after: (now) => `${now} nach dem Lesen`,
    at: (time) => `am ${time}`,
    done: (now) =>
      now === null
        ? "Nachrichten bleiben von jetzt an."
        : `Neue Nachrichten verschwinden nach ${now}.`,
    invalid: "Diese Zeit geht hier nicht. Wähle eine aus der Liste.",
  },
};
