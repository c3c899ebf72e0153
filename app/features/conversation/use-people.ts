/** What the people of a chat are called. */
import { useCallback } from "react";

import type { Chat } from "../../db/chats.ts";
import { type People, readPeople } from "../../db/people.ts";
import { useSession } from "../../session/session.ts";
import { useRows } from "../../ui/use-rows.ts";

/** `first`: as they were when the chat was opened. */
export function usePeople({ kind, account }: Chat, first: People): People {
  const { db } = useSession();
  const read = useCallback(() => readPeople(db, { kind, account }), [db, kind, account]);
  return useRows(read, first) ?? first;
}
