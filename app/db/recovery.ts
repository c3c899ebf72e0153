/** Whether the person can come back: their words, and whether it is time to ask. */
import type { ContactRow } from "../../sync/store/rows.ts";
import { contactsOf, type Db, metaOf } from "./tables.ts";

export type RecoveryState = {
  /** The words were written down: no device keeps them. */
  readonly isKept: boolean;
  /** When this device wrote its last backup; 0 = never. */
  readonly backedUpAtMs: number;
  /** [ARW1] There is something to lose: a second device, or a third contact. */
  readonly isDue: boolean;
};

const CONTACTS_DUE = 3;
const DEVICES_DUE = 2;

/** Null before the person has started. */
export async function readRecovery(db: Db): Promise<RecoveryState | null> {
  const [self, backup, contacts] = await Promise.all([
    metaOf(db).get("self"),
    metaOf(db).get("backedUpAtMs"),
    contactsOf(db).toArray(),
  ]);
  const value = self?.v;
  if (typeof value !== "object" || value === null) return null;
  const isKept = (value as Readonly<Record<string, unknown>>)["recoverySecret"] === null;
  const backedUpAtMs = typeof backup?.v === "number" ? backup.v : 0;
  return { isKept, backedUpAtMs, isDue: !isKept && isMuch(contacts) };
}

function isMuch(contacts: readonly ContactRow[]): boolean {
  const own = contacts.find((it) => it.state === "self");
  const met = contacts.filter((it) => it.state === "accepted").length;
  return met >= CONTACTS_DUE || (own?.live.length ?? 0) >= DEVICES_DUE;
}
