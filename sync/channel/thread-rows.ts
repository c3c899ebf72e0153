/**
 * The tables as `fileEntry` needs them, and what an entry's row holds beside its bytes.
 * docs/protocol/messages.md, "Rows" and [MO15].
 */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { decodeBody } from "../entry/bodies.ts";
import { type EntryRef, refOf } from "../entry/entry-ref.ts";
import { decodeEntry, encodeEntry, type Entry, withoutBody } from "../entry/entry.ts";
import { isShown, KINDS } from "../entry/kinds.ts";
import { LIFETIME_MS_MAX, LIFETIME_MS_MIN } from "../entry/meta-body.ts";
import { tieOf } from "../log/order.ts";
import { dropBlob } from "../media/media-rows.ts";
import type { EntryRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { ThreadStore } from "../thread/file-entry.ts";
import { aggregateRowOf, messageFields, type MessageRow } from "../thread/rows.ts";
import { closingKeyOf, type Op, opOf, type Said, targetKeyOf } from "../thread/said.ts";
import { logById } from "./channels.ts";

/** `entry`: verified. `h`: its place in time; `account`: its author. */
export function saidOf(entry: Entry, hash: Uint8Array, h: number, account: Hex): Said {
  const { core, body } = entry;
  const decoded = body === null ? undefined : decodeBody(core.kind, body);
  return {
    ref: refOf(core.log, core.seq, hash),
    account,
    auth: core.auth,
    place: { hEff: h, tie: tieOf(core.log), seq: core.seq },
    channel: toHex(core.channel),
    kind: core.kind,
    body: decoded?.ok === true ? decoded.value : null,
  };
}

/** An edit is a version of a message, to be shown as one. */
const versionFields = ({ deed }: Op): Pick<MessageRow, "text" | "extra"> =>
  deed.type === "edit"
    ? messageFields({ ...deed.content, reply: null, attachments: [], forwarded: false })
    : { text: "" };

export type SaidFields = Pick<
  EntryRow,
  "text" | "extra" | "meta" | "erased" | "lifetimeMs" | "tb" | "ts" | "rank"
>;

/** What the row of `entry` holds of its body. */
export function fieldsOf(entry: Entry, said: Said, accountChannel: Hex): SaidFields {
  if (said.kind === KINDS.message.number) {
    const life = lifeOf(entry);
    if (entry.body === null) return { ...messageFields(null), ...life };
    if (said.body?.type !== "message") return { text: "", ...life };
    const { text, reply, mentions, attachments, whole, forwarded } = said.body;
    return { ...messageFields({ text, reply, mentions, attachments, whole, forwarded }), ...life };
  }
  if (said.body?.type === "meta") {
    const { title, topic, picture, history, timer } = said.body;
    return { text: "", meta: { title, topic, picture, history, timer } };
  }
  if (said.body?.type === "logClose") {
    return { text: "", ...closingKeyOf(said.ref.log), rank: 2 };
  }
  const op = opOf(said, accountChannel);
  if (op === undefined) return { text: "" };
  return { ...versionFields(op), ...targetKeyOf(op) };
}

/** Within the bounds that a timer has, whatever somebody wrote. */
function lifeOf({ core: { expire } }: Entry): Pick<SaidFields, "lifetimeMs"> {
  if (expire === null) return {};
  return { lifetimeMs: Math.min(LIFETIME_MS_MAX, Math.max(LIFETIME_MS_MIN, expire)) };
}

/** Has it a line of its own? What has disappeared has none. */
export const isLine = ({ core, body }: Entry): boolean =>
  isShown(core.kind) && (body !== null || core.expire === null);

/** A row of ours, read as what somebody said. */
export async function rowSaid(tx: WriteTx, row: EntryRow): Promise<Said> {
  const log = await tx.get("logs", row.a);
  assert(log !== undefined, "an entry stands in a log");
  return saidOf(entryOf(row), row.hash, row.h, log.account);
}

export function entryOf(row: EntryRow): Entry {
  const entry = decodeEntry(row.bytes);
  assert(entry.ok, "a stored entry is well formed");
  return entry.value;
}

export async function rowAt(tx: WriteTx, { log, seq }: EntryRef): Promise<EntryRow | undefined> {
  const held = await logById(tx, toHex(log));
  return held === undefined ? undefined : await tx.get("entries", [held.c, held.a, seq]);
}

export function openThread(tx: WriteTx, accountChannel: Hex): ThreadStore {
  const heldAt = async ({ ref }: Said): Promise<EntryRow> => {
    const row = await rowAt(tx, ref);
    assert(row !== undefined, "what is filed is stored");
    return row;
  };
  return {
    said: async (at) => {
      const row = await rowAt(tx, at);
      return row && (await rowSaid(tx, row));
    },
    opsOn: (at, limit) => opsOn(tx, accountChannel, at, limit),
    aggregate: async (target) => {
      const { c, a, s } = await heldAt(target);
      return (await tx.get("aggregates", [c, a, s]))?.aggregate;
    },
    putAggregate: async (target, aggregate) => {
      await tx.put("aggregates", aggregateRowOf(await heldAt(target), aggregate));
    },
    erase: async (ref, isForAll) => {
      const row = await rowAt(tx, ref);
      if (row !== undefined) await erase(tx, row, isForAll);
    },
  };
}

async function opsOn(
  tx: WriteTx,
  accountChannel: Hex,
  at: EntryRef,
  limit: number,
): Promise<readonly Op[]> {
  const key = [tieOf(at.log), at.seq];
  const rows = await tx.range("entries", "target", {
    lower: key,
    upper: key,
    reverse: true,
    limit,
  });
  const ops: Op[] = [];
  for (const row of rows) {
    // What does not count where it stands counts for no message.
    const op = row.counts === undefined ? opOf(await rowSaid(tx, row), accountChannel) : undefined;
    if (op !== undefined && equalBytes(op.target.log, at.log)) ops.push(op);
  }
  return ops;
}

/**
 * What our own account wrote and erases for itself alone keeps its signed bytes: others may yet ask for
 * it, and nobody else can supply it. What is shown of it goes.
 */
async function erase(tx: WriteTx, row: EntryRow, isForAll: boolean): Promise<void> {
  const isMessage = row.kind === KINDS.message.number;
  const keepsBytes = row.own && !isForAll;
  if (keepsBytes && !isMessage) return;
  const { extra: _extra, tb, ts, rank, ...kept } = row;
  // By this it is found when the deletion counts no more.
  const hasTarget = tb !== undefined && ts !== undefined && rank !== undefined;
  await tx.put("entries", {
    ...kept,
    ...(isForAll && hasTarget && { tb, ts, rank }),
    text: "",
    bytes: keepsBytes ? row.bytes : encodeEntry(withoutBody(entryOf(row))),
    ...(isMessage ? { erased: true } : {}),
    ...(isForAll || row.own ? {} : { withheld: true }),
  });
  if (!keepsBytes) await dropBlob(tx, row, row.own);
  if (row.own && isForAll) await sealAnew(tx, row);
}

/** What was sealed with its words and not sent yet is sealed again without them. */
async function sealAnew(tx: WriteTx, { c, a, s }: EntryRow): Promise<void> {
  for (const parcel of await tx.range("outbox", "entry", { lower: [c, a, s], upper: [c, a, s] })) {
    if (parcel.what === "entry") await tx.put("outbox", { ...parcel, body: null, env: "" });
  }
}
