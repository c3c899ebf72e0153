/**
 * The chat above or below the open one in the list. [ANX1] At either end there is none. [ANX2] With no
 * chat open, down begins at the first and up at the last. [ANX3] `unreadOnly` passes over the others.
 */
import type { Chat } from "../db/chats.ts";

type Listed = Pick<Chat, "c" | "unread">;

export function nextChat<Item extends Listed>(
  chats: readonly Item[],
  openC: number | null,
  { by, unreadOnly }: { readonly by: 1 | -1; readonly unreadOnly: boolean },
): Item | undefined {
  const at = chats.findIndex(({ c }) => c === openC);
  const ahead =
    by === 1 ? chats.slice(at + 1) : chats.slice(0, at === -1 ? undefined : at).toReversed();
  return ahead.find(({ unread }) => !unreadOnly || unread > 0);
}
