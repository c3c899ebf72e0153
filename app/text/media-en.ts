/** What is said of long texts, pictures of groups and messages that disappear, in English. Part of en.ts. */
import type { Timer } from "../../sync/entry/meta-body.ts";
import { pluralOf } from "./plural.ts";

const plural = pluralOf("en");

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A lifetime in words: whole hours, days or weeks. */
const lifetime = (ms: number): string => {
  if (ms % (7 * DAY_MS) === 0)
    return plural(ms / (7 * DAY_MS), { one: "# week", other: "# weeks" });
  if (ms % DAY_MS === 0) return plural(ms / DAY_MS, { one: "# day", other: "# days" });
  return plural(Math.max(1, Math.round(ms / HOUR_MS)), { one: "# hour", other: "# hours" });
};

export const mediaEn = {
  showAll: "Show all",
  showLess: "Show less",
  coming: "The rest is on its way…",
  unreachable: "The rest comes as soon as a relay can be reached.",
  missing: "No relay has the rest any more. Everybody who may hold it was asked for it.",
  refused: "The rest is not what was signed, so it is not shown.",
  sending: "The rest waits for the relay.",
  full: "Your relay has no room for the rest. It is tried again; deleting long texts makes room.",
  notTaken: "Your relay does not take texts of this length. Send it in parts.",
  notHereYet: "The rest of this text is not here yet. Wait until it came, then try again.",
  picture: {
    heading: "Picture of the group",
    choose: "Choose a picture",
    remove: "Remove the picture",
    saved: "The picture is set.",
    removed: "The picture is removed.",
    unfit: "This is not a picture that works here. Choose a PNG, JPEG or WebP.",
    tooManyPixels: "This picture has more than 40 million pixels. Choose a smaller one.",
    tooLarge: "The picture stayed too large. Choose another one.",
  },
  timer: {
    button: (now: string | null): string =>
      now === null ? "Disappearing messages: off" : `Disappearing messages: ${now}`,
    heading: "Disappearing messages",
    explained:
      "New messages vanish for everybody here, after so long. What somebody copied stays with them.",
    afterHeading: "After how long?",
    fromHeading: "Counted from",
    from: { read: "when they were read", sent: "when they were sent" },
    fromHint: "Each device counts for itself. One that was off counts from when they came.",
    off: "Off",
    lifetime,
    line: (by: string | null, { lifetimeMs, from }: Timer): string => {
      const who = by ?? "You";
      return lifetimeMs === 0
        ? `${who} switched disappearing messages off`
        : `${who} set messages to disappear ${lifetime(lifetimeMs)} after they are ${from}`;
    },
    note: (now: string, from: Timer["from"]): string =>
      `Messages disappear ${now} after they are ${from}.`,
    info: "Disappears",
    after: (now: string): string => `${now} after it was read`,
    at: (time: string): string => `on ${time}`,
    done: (now: string | null): string =>
      now === null ? "Messages stay from now on." : `New messages disappear after ${now}.`,
    invalid: "That time does not work here. Choose one of the list.",
  },
};
