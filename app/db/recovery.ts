/** Whether the person can come back: their words, and whether it is time to ask. */
import type { DeviceNames } from "../../sync/devices/names.ts";
import type { WordsKeptBy } from "../../sync/recovery/words-kept.ts";
import type { ContactRow } from "../../sync/store/rows.ts";
import { contactsOf, type Db, metaOf } from "./tables.ts";

export type RecoveryState = {
  /** The words were written down: no device keeps them. */
  readonly isKept: boolean;
  /** The other device of the account on whose word this one forgot them; null: this one, or not known. */
  readonly keptBy: { readonly name: string; readonly atMs: number } | null;
  /** When this device wrote its last backup; 0 = never. */
  readonly backedUpAtMs: number;
  /** [ARW1] There is something to lose: a second device, or a third contact. */
  readonly isDue: boolean;
};

const CONTACTS_DUE = 3;
const DEVICES_DUE = 2;

/** Null before the person has started. */
export async function readRecovery(db: Db): Promise<RecoveryState | null> {
  const [self, backup, by, named, contacts] = await Promise.all([
    metaOf(db).get("self"),
    metaOf(db).get("backedUpAtMs"),
    metaOf(db).get("wordsKeptBy"),
    metaOf(db).get("deviceNames"),
    contactsOf(db).toArray(),
  ]);
  const value = self?.v;
  if (typeof value !== "object" || value === null) return null;
  const isKept = (value as Readonly<Record<string, unknown>>)["recoverySecret"] === null;
  const backedUpAtMs = typeof backup?.v === "number" ? backup.v : 0;
  const kept = by?.v as WordsKeptBy | undefined;
  const names = (named?.v ?? {}) as DeviceNames;
  const keptBy =
    kept === undefined ? null : { name: names[kept.device]?.name ?? "", atMs: kept.atMs };
  return { isKept, keptBy, backedUpAtMs, isDue: !isKept && isMuch(contacts) };
}

function isMuch(contacts: readonly ContactRow[]): boolean {
  const own = contacts.find((it) => it.state === "self");
  const met = contacts.filter((it) => it.state === "accepted").length;
  return met >= CONTACTS_DUE || (own?.live.length ?? 0) >= DEVICES_DUE;
}
