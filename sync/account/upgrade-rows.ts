/**
 * Rows that version 1 of the database wrote, brought up to what this version expects, by the engine and
 * before anything else is done with them. docs/protocol/sync.md, [DV6].
 *
 * Version 1 knew no own devices and no ops: our account was no contact, facts stood with `Self`, no
 * target of a parcel said whose it was, and of an entry nothing was read but a message's text.
 */
import type { Random } from "../../crypto/base/random.ts";
import { accountChannelIdOf, takeIn } from "../channel/take-in.ts";
import { entryOf, fieldsOf, saidOf } from "../channel/thread-rows.ts";
import { KINDS } from "../entry/kinds.ts";
import type { EntryRow, TableName } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import type { Said } from "../thread/said.ts";
import { beginAccount } from "./begin.ts";
import { readSelf, type Self } from "./self.ts";

/** Rows that are read at once. */
const PAGE_ROWS = 500;

const UPGRADE_TABLES: readonly TableName[] = [
  "meta",
  "contacts",
  "devices",
  "channels",
  "logs",
  "entries",
  "outbox",
  "aggregates",
  "expiry",
  "media",
];

/** `Self` as version 1 had it. */
type FirstSelf = Self & { readonly facts?: readonly Uint8Array[] };

/** All in one transaction, or nothing. Answers who we are; undefined before `start`. */
export async function upgradeRows(store: Store, random: Random): Promise<Self | undefined> {
  const found = await store.read(["meta", "contacts"], async (tx) => {
    const self: FirstSelf | undefined = await readSelf(tx);
    if (self === undefined) return undefined;
    return { self, isFirst: (await tx.get("contacts", self.account)) === undefined };
  });
  if (found?.isFirst !== true) return found?.self;
  // Of an account of one device there is nothing else to say than what `beginAccount` says.
  const { facts: _, ...self } = found.self;
  await store.write(UPGRADE_TABLES, async (tx) => {
    await beginAccount(tx, self, random);
    await upgradeOutbox(tx);
    await upgradeEntries(tx, self);
  });
  return self;
}

/** Version 1 wrote to others alone. */
async function upgradeOutbox(tx: WriteTx): Promise<void> {
  for (const parcel of await tx.range("outbox", "primary", {})) {
    const targets = parcel.targets.map((it) => ({ ...it, isOwn: it.isOwn ?? false }));
    await tx.put("outbox", { ...parcel, targets });
  }
}

/** First every row gets its fields, so that what was said is found; then it is filed. */
async function upgradeEntries(tx: WriteTx, self: Self): Promise<void> {
  const accountChannel = accountChannelIdOf(self);
  const ops: Said[] = [];
  for (const { c, a, account } of await tx.range("logs", "primary", {})) {
    let next = 1;
    for (;;) {
      const rows: readonly EntryRow[] = await tx.range("entries", "primary", {
        lower: [c, a ?? 0, next],
        upper: [c, a ?? 0],
        limit: PAGE_ROWS,
      });
      for (const row of rows) {
        const entry = entryOf(row);
        const said = saidOf(entry, row.hash, row.h, account);
        const fields = fieldsOf(entry, said, accountChannel);
        if (Object.keys(fields).length > 1) await tx.put("entries", { ...row, ...fields });
        if (said.kind !== KINDS.message.number && fields.rank !== undefined) ops.push(said);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) break;
      next = last.s + 1;
    }
  }
  for (const said of ops) await takeIn(tx, self, said);
}
