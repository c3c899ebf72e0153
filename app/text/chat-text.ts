/** What a chat is called, and whether the other side is here. */
import type { Chat } from "../db/chats.ts";
import { texts } from "./speech.ts";
import { agoText } from "./times.ts";

export const nameOf = ({ kind, name }: Pick<Chat, "kind" | "name">): string =>
  kind === "self" ? texts().chats.selfName : name;

type Seen = { readonly online: boolean; readonly lastSeenMs: number };

/** "online", "last seen …"; undefined when they were never seen. */
export function seenText({ online, lastSeenMs }: Seen, nowMs: number): string | undefined {
  const words = texts().conversation;
  if (online) return words.online;
  return lastSeenMs > 0 ? words.lastSeen(agoText(lastSeenMs, nowMs)) : undefined;
}
