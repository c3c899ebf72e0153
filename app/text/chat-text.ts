/** What a chat is called, and whether the other side is here. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Preview } from "../../sync/store/rows.ts";
import type { Summary } from "../../sync/thread/summary.ts";
import type { Chat } from "../db/chats.ts";
import type { MessageState } from "../db/message-state.ts";
import { texts } from "./speech.ts";
import { agoText } from "./times.ts";

export const nameOf = ({ kind, name }: Pick<Chat, "kind" | "name">): string =>
  kind === "self" ? texts().chats.selfName : name;

/** The newest message of a chat, in the list. */
export const previewText = ({ text, instead }: Preview): string =>
  instead === undefined || instead === "attachments" ? text : summaryText({ type: instead });

export const stateText = (state: MessageState): string =>
  state === "notAccepted" ? texts().groups.notAccepted : texts().states[state];

/** A message on one line. */
export function summaryText(summary: Summary): string {
  const words = texts().actions;
  switch (summary.type) {
    case "text":
      return summary.text;
    case "attachments":
      return words.attachments(summary.count);
    case "deleted":
      return words.deleted;
    case "missing":
      return words.missing;
    default:
      return unreachable(summary);
  }
}

type Seen = { readonly online: boolean; readonly lastSeenMs: number };

/** "online", "last seen …"; undefined when they were never seen. */
export function seenText({ online, lastSeenMs }: Seen, nowMs: number): string | undefined {
  const words = texts().conversation;
  if (online) return words.online;
  return lastSeenMs > 0 ? words.lastSeen(agoText(lastSeenMs, nowMs)) : undefined;
}
