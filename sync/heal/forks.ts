/**
 * Two entries of one log with one number, both signed: the device lies, or was rolled back and did not
 * notice. In a group that is proved to everybody, and the log ends before it. Of a log the lowest fork is
 * kept, and nothing else. docs/protocol/sync.md, [FK1] to [FK5].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { type Channel, channelOf, type Log, logById } from "../channel/channels.ts";
import { decodeBody } from "../entry/bodies.ts";
import { decodeEntry, type Entry, entryIdOf, verifyEntry } from "../entry/entry.ts";
import { isRoster } from "../entry/kinds.ts";
import { followFork, takeOps } from "../group/follow.ts";
import { placeBeside } from "../group/rosters.ts";
import type { ForkProof } from "../payload/fork-proof.ts";
import { FORK_PROOF_BYTES_MAX, VECTOR_FORKS_MAX } from "../payload/limits.ts";
import type { EntryOutcome } from "../receive/accept-entry.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { coreOf } from "./halves.ts";
import type { ForkRow } from "./rows.ts";

const NONE = new Uint8Array(0);

/**
 * An entry came in whose place another one has: is that a fork? `bytes`: of an entry of this channel. Its
 * signature is checked here.
 */
async function noteFork(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  device: Hex,
  bytes: Uint8Array,
): Promise<void> {
  const entry = decodeEntry(bytes);
  const log = entry.ok ? await logById(tx, toHex(entry.value.core.log)) : undefined;
  if (!entry.ok || log === undefined) return;
  const held = await tx.get("entries", [channel.c, log.a, entry.value.core.seq]);
  if (held === undefined) return;
  // We signed both, and remember one: our storage was rolled back.
  if (log.own && equalBytes(log.incarnation, context.self.incarnation))
    context.effects.rolledBack();
  const isNews = await takeForkProof(tx, context, channel, { first: held.bytes, second: bytes });
  if (!isNews) return;
  context.effects.forked(log.a);
  const before = decodeEntry(held.bytes);
  const { seq, prev } = entry.value.core;
  const isLower = before.ok && !equalBytes(before.value.core.prev ?? NONE, prev ?? NONE);
  // They parted before: who had the one has what is in front of it.
  if (isLower) context.effects.doubted({ c: channel.c, log: log.log, seq: seq - 1, device });
}

/** What the refusal of an entry that `device` sent says about forks. */
export async function heedRefusal(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  device: Hex,
  { why, before }: Extract<EntryOutcome, { readonly type: "refused" }>,
  bytes: Uint8Array,
): Promise<void> {
  if (why === "fork") {
    await noteFork(tx, context, channel, device, bytes);
    await takeOtherHalf(tx, context, channel, bytes);
  }
  if (before !== undefined) context.effects.doubted({ c: channel.c, device, ...before });
}

/** True when it proves a fork, and a lower one than was known of that log. */
export async function takeForkProof(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  proof: ForkProof,
): Promise<boolean> {
  if (channel.kind !== "group") return false;
  const [first, second] = [decodeEntry(proof.first), decodeEntry(proof.second)];
  const log = first.ok ? await logById(tx, toHex(first.value.core.log)) : undefined;
  if (!first.ok || !second.ok || log === undefined || log.c !== channel.c) return refuse(context);
  if (!isFork(log, first.value, second.value)) return refuse(context);
  const { seq } = first.value.core;
  const known = await tx.get("forks", log.a);
  if (known !== undefined && known.s <= seq) return false;
  const held = await tx.get("entries", [channel.c, log.a, seq]);
  const isOther = held !== undefined && equalBytes(held.hash, entryIdOf(second.value.coreBytes));
  const [one, other] = isOther ? [proof.second, proof.first] : [proof.first, proof.second];
  // A proof without words may name an entry whose words are here.
  const kept = held !== undefined && isSigned(held.bytes) ? held.bytes : one;
  const row: ForkRow = {
    a: log.a,
    c: channel.c,
    s: seq,
    first: kept,
    second: other,
    says: [wordsIn(kept), wordsIn(other)],
    foundAtMs: context.nowMs,
  };
  await followFork(tx, context, row);
  for (const half of [kept, other]) await takeOtherHalf(tx, context, channel, half);
  return true;
}

/**
 * An op whose place another entry has: what it takes from somebody stands, whichever half came first here. Rule
 * [FK4]. `bytes`: signed by its log's device, as was checked.
 */
async function takeOtherHalf(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  bytes: Uint8Array,
): Promise<void> {
  const half = decodeEntry(bytes);
  if (!half.ok || half.value.body === null || !isRoster(half.value.core.kind)) return;
  const { core, coreBytes } = half.value;
  const log = await logById(tx, toHex(core.log));
  const held = log && (await tx.get("entries", [channel.c, log.a, core.seq]));
  const forkedAt = log && (await tx.get("forks", log.a))?.s;
  if (held === undefined || forkedAt === undefined || forkedAt > core.seq) return;
  const hash = entryIdOf(coreBytes);
  if (equalBytes(held.hash, hash)) return;
  const s = await placeBeside(tx, held, toHex(hash));
  if (s === undefined) return;
  await takeOps(tx, context, channel.c, [{ ...held, s, hash, bytes, kind: core.kind }]);
}

/** One that came in a run proves nothing by itself. */
function isSigned(bytes: Uint8Array): boolean {
  const entry = decodeEntry(bytes);
  return entry.ok && entry.value.signature !== null;
}

function wordsIn(bytes: Uint8Array): string {
  const entry = decodeEntry(bytes);
  if (!entry.ok || entry.value.body === null) return "";
  const body = decodeBody(entry.value.core.kind, entry.value.body);
  return body.ok && body.value.type === "message" ? body.value.text : "";
}

function refuse({ effects }: OpenContext): false {
  effects.dropped("fork proof");
  return false;
}

/** One log, one number, two entries, and the log's device signed both. */
function isFork({ key }: Log, first: Entry, second: Entry): boolean {
  const [a, b] = [first.core, second.core];
  return (
    equalBytes(a.channel, b.channel) &&
    equalBytes(a.log, b.log) &&
    a.seq === b.seq &&
    !equalBytes(first.coreBytes, second.coreBytes) &&
    verifyEntry(first, key).ok &&
    verifyEntry(second, key).ok
  );
}

/** Proofs of a channel as they go along with a vector: the newest, without what they say. */
export async function proofsFor(tx: ReadTx, { c, kind }: Channel): Promise<readonly ForkProof[]> {
  if (kind !== "group") return [];
  const rows = await tx.range("forks", "channel", { lower: c, upper: c });
  return rows
    .toSorted((x, y) => y.foundAtMs - x.foundAtMs)
    .slice(0, VECTOR_FORKS_MAX)
    .map(({ first, second }) => ({ first: coreOf(first), second: coreOf(second) }));
}

/** As it is told to all who may read the log: with what both say, unless that is too long. */
export async function proofOf(
  tx: ReadTx,
  a: number,
): Promise<{ readonly channel: Channel; readonly proof: ForkProof } | undefined> {
  const row = await tx.get("forks", a);
  const channel = row === undefined ? undefined : await channelOf(tx, row.c);
  if (row === undefined || channel === undefined) return undefined;
  const { first, second } = row;
  const isLong = first.length + second.length > FORK_PROOF_BYTES_MAX - 64;
  const proof = isLong ? { first: coreOf(first), second: coreOf(second) } : { first, second };
  return { channel, proof };
}
