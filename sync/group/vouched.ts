/**
 * Ops of a device that is out of its account wait for the word where its log ends. That word may never come: an
 * account that left a group says nothing there any more. So one is taken that something rests on, or that another
 * device of its account tells; a closing that comes all the same decides as ever. docs/protocol/devices.md, [OD21].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { logById } from "../channel/channels.ts";
import { entryOf } from "../channel/thread-rows.ts";
import { decodeEntry, entryIdOf } from "../entry/entry.ts";
import { isRoster } from "../entry/kinds.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { authNameOf } from "../roster/graph.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { rosterOf, rosterRowOf } from "./rosters.ts";

type HeldBack = { readonly row: EntryRow; readonly author: Hex };

/**
 * Of the ops among `told` that are here and wait, those that are vouched for: they wait no more, and are to be
 * weighed. `told`: entries of a roster, encoded; `by`: the account whose device tells it.
 */
export async function releaseVouched(
  tx: WriteTx,
  { self }: OpenContext,
  c: number,
  told: readonly Uint8Array[],
  by: Hex | undefined,
): Promise<readonly EntryRow[]> {
  const heldBack = await heldBackAmong(tx, c, told);
  // Our own account closes the log itself.
  const theirs = heldBack.filter(({ author }) => author !== self.account);
  if (theirs.length === 0) return [];
  const named = await namedIn(tx, c);
  const rows = theirs.flatMap(({ row, author }) => {
    const { counts: _, ...released } = row;
    return author === by || named.has(authNameOf(toHex(row.hash))) ? [released] : [];
  });
  await tx.putAll("entries", rows);
  return rows;
}

async function heldBackAmong(
  tx: ReadTx,
  c: number,
  told: readonly Uint8Array[],
): Promise<readonly HeldBack[]> {
  const found: HeldBack[] = [];
  for (const bytes of told) {
    const entry = decodeEntry(bytes);
    if (!entry.ok || !isRoster(entry.value.core.kind)) continue;
    const { core, coreBytes } = entry.value;
    const log = await logById(tx, toHex(core.log));
    const row = log?.c === c ? await tx.get("entries", [c, log.a, core.seq]) : undefined;
    if (log === undefined || row?.counts !== "waits") continue;
    if (equalBytes(row.hash, entryIdOf(coreBytes))) found.push({ row, author: log.account });
  }
  return found;
}

/** What ops, and entries that wait, name of the roster and is not in it. */
async function namedIn(tx: ReadTx, c: number): Promise<ReadonlySet<string>> {
  const { missing } = await rosterOf(tx, c);
  const { waits } = await rosterRowOf(tx, c);
  const named = new Set(missing.map(authNameOf));
  for (const [a, s] of waits) {
    const row = await tx.get("entries", [c, a, s]);
    const auth = row === undefined ? [] : entryOf(row).core.auth;
    for (const it of auth) named.add(toHex(it));
  }
  return named;
}
