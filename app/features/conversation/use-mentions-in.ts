/** Who is named in a text that is about to be said. Nothing is looked up for a text without an "@". */
import { useCallback } from "react";

import { readMentionable } from "../../db/mentionable.ts";
import { useSession } from "../../session/session.ts";
import { type FoundMention, foundMentions } from "../../text/mention-names.ts";

export function useMentionsIn(
  c: number,
): (text: string, chosen: ReadonlyMap<string, string>) => Promise<readonly FoundMention[]> {
  const { db, me } = useSession();
  return useCallback(
    async (text, chosen) => {
      if (!text.includes("@")) return [];
      return foundMentions(text, await readMentionable(db, c, me.account), chosen);
    },
    [db, c, me],
  );
}
