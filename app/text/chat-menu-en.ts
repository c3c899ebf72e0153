/** What is said of settling a chat as a whole, of receipts and of naming people, in English. Part of en.ts. */
import { pluralOf } from "./plural.ts";

const plural = pluralOf("en");

export const chatMenuEn = {
  open: "Chat menu",
  of: (name: string): string => `Menu of ${name}`,
  mute: "Mute",
  unmute: "Unmute",
  pin: "Pin chat",
  unpin: "Unpin chat",
  archive: "Archive",
  unarchive: "Take out of the archive",
  muteHeading: "Mute this chat",
  howLong: "For how long?",
  spans: { hours: "8 hours", week: "1 week", always: "Always" },
  stillTold: "Tell me nevertheless of",
  tolds: { mentions: "Messages that mention me", nothing: "Nothing" },
  muteHint: "On all your devices. Nobody else learns of it.",
  muted: "muted",
  pinned: "pinned",
  archived: (count: number): string =>
    plural(count, { one: "Archived (#)", other: "Archived (#)" }),
  muteDone: "Muted",
  unmuteDone: "Not muted any more",
  pinDone: "Pinned to the top",
  unpinDone: "Not pinned any more",
  archiveDone: "Archived. It comes back with the next message.",
  archiveDoneMuted: "Archived",
  unarchiveDone: "Back in the list",
  receipts: "Send read receipts",
  receiptsHint:
    "Whoever writes to you sees what you have read, and you what they have. Switched off, neither sees it. All your own devices know in any case.",
  mentionList: "People to mention",
  mentionCount: (count: number): string =>
    plural(count, {
      one: "# person matches. Arrow keys choose, Enter inserts the name.",
      other: "# people match. Arrow keys choose, Enter inserts the name.",
    }),
  mentionedYou: "mentions you",
};

export type ChatMenuTexts = typeof chatMenuEn;
