/** A group as it is now. */
import { useCallback } from "react";

import { type Group, readGroup } from "../../db/group.ts";
import { useSession } from "../../session/session.ts";
import { useRows } from "../../ui/use-rows.ts";

/** Undefined until it is read. */
export function useGroup(c: number): Group | undefined {
  const { db, me } = useSession();
  const { account } = me;
  const read = useCallback(() => readGroup(db, c, account), [db, c, account]);
  return useRows(read);
}
