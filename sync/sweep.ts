/**
 * Forgetting in time: what can open nothing any more, and what nobody will ask for again. The
 * lifetimes are those of crypto/lifetimes.ts. docs/protocol/sync.md, rules [SW1] to [SW4] and [OB8].
 */
import { RELAY_KEEPS_MS_MAX, SECRETS_LIVE_MS } from "../crypto/lifetimes.ts";
import { TOKEN_REVOKED } from "./contact/contacts.ts";
import { markAsleep } from "./devices/asleep.ts";
import type { OutboxRow, TableName } from "./store/rows.ts";
import type { WriteTx } from "./store/store.ts";

/** Rows removed in one sweep of one table. */
export const SWEEP_ROWS_MAX = 500;
/**
 * An outbox row is given up so long after a sweep first found it so old: its entry stays in the log, and
 * healing takes over. Twice, because its age alone proves nothing: it may have been written by a clock
 * that said 1970, a minute before that was set right.
 */
export const OUTBOX_LIFE_MS = RELAY_KEEPS_MS_MAX;

/** 2020-01-01, before there was any Kith: earlier stamps are of a clock that was wrong by years. */
const FIRST_STAMP_MS = 1_577_836_800_000;

export const SWEEP_TABLES: readonly TableName[] = [
  "devices",
  "contacts",
  "seen",
  "held",
  "prekeys",
  "peerChains",
  "tokens",
  "invites",
  "outbox",
];

/** True when a table had more to remove than one sweep takes. Puts nothing where clocks were right: a full disk takes it. */
export async function sweep(tx: WriteTx, nowMs: number): Promise<boolean> {
  const dead = { upper: nowMs - SECRETS_LIVE_MS, limit: SWEEP_ROWS_MAX };
  const seen = await tx.range("seen", "at", dead);
  for (const row of seen) {
    if (isOfWrongClock(row.atMs)) await tx.put("seen", { ...row, atMs: nowMs });
    else await tx.delete("seen", row.id);
  }
  const held = await tx.range("held", "at", dead);
  for (const row of held) {
    if (isOfWrongClock(row.atMs)) await tx.put("held", { ...row, atMs: nowMs });
    else await tx.delete("held", row.env);
  }
  const prekeys = await tx.range("prekeys", "created", dead);
  for (const row of prekeys) {
    if (isOfWrongClock(row.createdAtMs)) await tx.put("prekeys", { ...row, createdAtMs: nowMs });
    else await tx.delete("prekeys", row.id);
  }
  const chains = await tx.range("peerChains", "received", dead);
  for (const row of chains) {
    if (isOfWrongClock(row.receivedAtMs))
      await tx.put("peerChains", { ...row, receivedAtMs: nowMs });
    else if (row.n !== undefined) await tx.delete("peerChains", row.n);
  }
  await sweepRights(tx, nowMs);
  const parcels = await sweepParcels(tx, nowMs);
  return [seen, held, prekeys, chains, parcels].some((it) => it.length >= SWEEP_ROWS_MAX);
}

/** What a person wrote stays while no relay has it, however long there was no way to one. */
async function sweepParcels(tx: WriteTx, nowMs: number): Promise<readonly OutboxRow[]> {
  const mayGo = (await tx.range("outbox", "primary", {})).filter(mayBeGivenUp);
  const parcels = mayGo.filter((it) => isOld(it.foundOldAtMs, nowMs)).slice(0, SWEEP_ROWS_MAX);
  for (const { n } of parcels) if (n !== undefined) await tx.delete("outbox", n);
  return parcels;
}

/** What is noted for later sweeps: parcels that are old for the first time, devices that fell silent. */
export async function noteAges(tx: WriteTx, nowMs: number): Promise<void> {
  await markAsleep(tx, nowMs);
  const mayGo = (await tx.range("outbox", "primary", {})).filter(mayBeGivenUp);
  const found = mayGo.filter((it) => it.foundOldAtMs === undefined && isOld(it.createdAtMs, nowMs));
  for (const row of found.slice(0, SWEEP_ROWS_MAX)) {
    await tx.put("outbox", { ...row, foundOldAtMs: nowMs });
  }
}

const mayBeGivenUp = ({ what, waiting }: OutboxRow): boolean => what === "control" || waiting === 0;

const isOld = (sinceMs: number | undefined, nowMs: number): boolean =>
  sinceMs !== undefined && sinceMs < nowMs - OUTBOX_LIFE_MS;

/** What it stamped is as old as its being found out. */
const isOfWrongClock = (atMs: number): boolean => atMs < FIRST_STAMP_MS;

/**
 * Tokens and invites: as many as the relay has of them. A revoked token waits until the relay knows; one
 * that a contact holds is extended instead (contact/contacts.ts).
 */
async function sweepRights(tx: WriteTx, nowMs: number): Promise<void> {
  const contacts = await tx.range("contacts", "primary", {});
  const given = new Set(contacts.map((it) => it.token));
  for (const { label, expiresAtMs } of await tx.range("tokens", "primary", {})) {
    const isOver = expiresAtMs !== TOKEN_REVOKED && expiresAtMs < nowMs;
    if (isOver && !given.has(label)) await tx.delete("tokens", label);
  }
  for (const { tag, expiresAtMs } of await tx.range("invites", "primary", {})) {
    if (expiresAtMs < nowMs - SECRETS_LIVE_MS) await tx.delete("invites", tag);
  }
}
