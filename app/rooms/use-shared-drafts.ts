/** [AZS1] Drafts are shared as soon as the person has another device; who has one never loads what it takes. */
import { useCallback, useEffect } from "react";

import { contactsOf } from "../db/tables.ts";
import { useSession } from "../session/session.ts";
import { useRows } from "../ui/use-rows.ts";
import { keepShared } from "./keep-shared.ts";

export function useSharedDrafts(): void {
  const { db, device, me } = useSession();
  const read = useCallback(
    async () => ((await contactsOf(db).get(me.account))?.live.length ?? 0) > 1,
    [db, me],
  );
  const hasOthers = useRows(read) ?? false;
  useEffect(() => (hasOthers ? keepShared(device, db, after) : undefined), [hasOthers, device, db]);
}

function after(ms: number, fn: () => void): () => void {
  const timer = setTimeout(fn, ms);
  return () => clearTimeout(timer);
}
