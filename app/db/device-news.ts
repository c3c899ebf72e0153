/**
 * What changed about somebody's devices since they became a contact: times that their own statements claim,
 * which the engine has verified and kept. [ADW1] A device that was there when they became one is no news. [ADW2]
 * An account is as old as its first device, on each of them.
 */
import type { ContactRow } from "../../sync/store/rows.ts";
import { contactsOf, type Db } from "./tables.ts";

/** Milliseconds since 1970 of the latest; 0 = none. */
export type DeviceNews = { readonly addedMs: number; readonly removedMs: number };

/** Their clock may be so far from ours. */
const CLOCKS_DIFFER_MS = 600_000;

/** crypto/identity/facts.ts, certificate.ts and revocation.ts have the layouts. */
const CERTIFICATE = 1;
const CREATED_AT = 1 + 114;
const REVOCATION = 2;
const REVOKED_AT = 1 + 65;

export async function readDeviceNews(db: Db, account: string): Promise<DeviceNews> {
  const contact = await contactsOf(db).get(account);
  if (contact === undefined) return { addedMs: 0, removedMs: 0 };
  const sinceMs = contact.addedAtMs + CLOCKS_DIFFER_MS;
  const latest = (type: number, at: number): number =>
    Math.max(0, ...contact.facts.map((it) => timeIn(it, type, at)).filter((it) => it > sinceMs));
  return {
    addedMs: latest(CERTIFICATE, CREATED_AT),
    removedMs: latest(REVOCATION, REVOKED_AT),
  };
}

/** When the account's first device was made, the same on all of them; 0: nothing says so. */
export function accountBeganMs({ facts }: Pick<ContactRow, "facts">): number {
  const times = facts.map((it) => timeIn(it, CERTIFICATE, CREATED_AT)).filter((it) => it > 0);
  return times.length === 0 ? 0 : Math.min(...times);
}

function timeIn(fact: Uint8Array, type: number, at: number): number {
  if (fact[0] !== type || fact.length < at + 8) return 0;
  const view = new DataView(fact.buffer, fact.byteOffset, fact.length);
  return Number(view.getBigUint64(at, true));
}
