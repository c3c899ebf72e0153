/**
 * A second device for an account with a long past: 100,000 messages in 50 chats, over the real relay. How
 * soon it can be used, how long until all is there and verified (as many entries as the first one has, and
 * the same digest of every channel), and what an entry costs on the wire beside its body: once undisturbed,
 * once closed five times on the way.
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { entryOf } from "../../sync/backfill/plan.ts";
import { RUN_SHAPE, runOf } from "../../sync/backfill/run.ts";
import { encodeShaped } from "../../sync/cbor-shape.ts";
import { logById, logsOf, numbered } from "../../sync/channel/channels.ts";
import type { Entry } from "../../sync/entry/entry.ts";
import { DIGEST_TABLES, digestOf } from "../../sync/heal/digest.ts";
import { countKnown } from "../../sync/log/known.ts";
import { openMemoryStore } from "../../sync/store/memory-store.ts";
import { befriend } from "./crowd.ts";
import { type Figure, figure } from "./figure.ts";
import { accountOf, type Here, linkUp, openHere, start, type Visitor, within } from "./here.ts";
import { sideOf, writeHistory } from "./history.ts";

const MESSAGES = Number(process.env["KITH_BENCH_MESSAGES"] ?? 100_000);
/** With "Note to self". */
const CHATS = 50;
const INTERRUPTIONS = 5;
const USABLE_SECONDS_BUDGET = 5;
const OVERHEAD_BYTES_BUDGET = 37;
const MS_MAX = 240_000;
const RUN_ENTRIES = 480;

export async function figures(): Promise<readonly Figure[]> {
  await ready;
  await using here = openHere();
  const before = await start(here, "phone");
  const friends = [];
  for (let n = 1; n < CHATS; n += 1) friends.push(await start(here, `friend ${n}`));
  await befriend(before, friends);
  const accounts = await Promise.all(friends.map(accountOf));
  for (const it of [...friends, before]) await it.device[Symbol.asyncDispose]();
  for (const chat of [undefined, ...accounts]) {
    await writeHistory([await sideOf(before.store, chat)], MESSAGES / CHATS);
  }
  const phone = await here.open("phone", before.store);
  const name = `link a device to ${MESSAGES} messages in ${CHATS} chats`;
  const smooth = await link(here, phone, 0);
  const broken = await link(here, phone, INTERRUPTIONS);
  const lean = await leanBytes(phone);
  await phone.device[Symbol.asyncDispose]();
  return [
    figure(`${name}: usable`, smooth.usableMs / 1_000, "s", USABLE_SECONDS_BUDGET),
    figure(`${name}: complete`, smooth.completeMs / 1_000, "s"),
    figure(`${name}: of that this process computed`, smooth.cpuMs / 1_000, "s"),
    figure(`${name}: an entry in a run, beside its body`, lean, "bytes", OVERHEAD_BYTES_BUDGET),
    figure(`${name}: received for an entry`, smooth.bytes, "bytes"),
    figure(`${name}: of that beside its body`, smooth.beside, "bytes"),
    figure(`${name}: complete, closed ${INTERRUPTIONS} times`, broken.completeMs / 1_000, "s"),
    figure(
      `${name}: received beside its body, closed ${INTERRUPTIONS} times`,
      broken.beside,
      "bytes",
    ),
  ];
}

type Linked = {
  readonly usableMs: number;
  readonly completeMs: number;
  /** Of both devices and the relay. */
  readonly cpuMs: number;
  /** Received for an entry, and how many of those were not its body. */
  readonly bytes: number;
  readonly beside: number;
};

/** A new device gets all that the phone has, and is closed `breaks` times meanwhile. */
async function link(here: Here, phone: Visitor, breaks: number): Promise<Linked> {
  const store = openMemoryStore();
  let laptop = await here.open("laptop", store);
  const entries = await entriesOf(phone);
  const last = await lastMessageOf(phone);
  assert(entries >= MESSAGES, "the history is there");
  const fromMs = performance.now();
  const cpu = process.cpuUsage();
  await linkUp(phone, laptop);
  await within(MS_MAX, () => isUsable(laptop, last));
  const usableMs = performance.now() - fromMs;
  let received = 0;
  for (let n = 1; n <= breaks; n += 1) {
    const share = (entries * n) / (breaks + 1);
    await within(MS_MAX, async () => (await entriesOf(laptop)) >= share);
    await laptop.device[Symbol.asyncDispose]();
    received += laptop.traffic.received;
    laptop = await here.open("laptop", store);
  }
  await within(MS_MAX, () => isSame(laptop, phone));
  const completeMs = performance.now() - fromMs;
  const { user, system } = process.cpuUsage(cpu);
  await laptop.device[Symbol.asyncDispose]();
  received += laptop.traffic.received;
  const kept = await allEntries(laptop);
  assert(kept.length === (await entriesOf(laptop)), "what is known is kept");
  const bodies = bodyBytesOf(kept);
  const cpuMs = (user + system) / 1_000;
  const [bytes, beside] = [received / entries, (received - bodies) / entries];
  return { usableMs, completeMs, cpuMs, bytes, beside };
}

/** An entry on any device. */
type EntryName = { readonly log: Hex; readonly seq: number };

/** What was written last in the newest chat. */
async function lastMessageOf({ store }: Visitor): Promise<EntryName> {
  return await store.read(["channels", "entries", "logs"], async (tx) => {
    const [newest] = await tx.range("channels", "recent", { reverse: true, limit: 1 });
    assert(newest?.kind === "dm" || newest?.kind === "self", "the newest is a chat");
    const { c } = numbered(newest, "c");
    const shown = { lower: [c, 1], upper: [c, 1], reverse: true, limit: 1 };
    const [entry] = await tx.range("entries", "timeline", shown);
    assert(entry !== undefined, "something was written there");
    const log = await tx.get("logs", entry.a);
    assert(log !== undefined, "an entry is of a log");
    return { log: log.log, seq: entry.s };
  });
}

/** All chats are listed, and in the newest one stands what was written last. */
async function isUsable({ store }: Visitor, last: EntryName): Promise<boolean> {
  return await store.read(["channels", "entries", "logs"], async (tx) => {
    const channels = await tx.range("channels", "primary", {});
    const chats = channels.filter((it) => it.kind === "dm" || it.kind === "self");
    const log = await logById(tx, last.log);
    if (chats.length < CHATS || log === undefined) return false;
    return (await tx.get("entries", [log.c, log.a, last.seq])) !== undefined;
  });
}

/** How many are here, with holes or without: history comes newest first. */
async function entriesOf({ store }: Visitor): Promise<number> {
  const logs = await store.read(["logs"], (tx) => tx.range("logs", "primary", {}));
  return logs.reduce((sum, { known }) => sum + countKnown(known), 0);
}

/** Of every channel as many entries, and the same digest. */
async function isSame(a: Visitor, b: Visitor): Promise<boolean> {
  if ((await entriesOf(a)) !== (await entriesOf(b))) return false;
  const [here, there] = [await copiesOf(a), await copiesOf(b)];
  return here.size === there.size && here.entries().every(([id, it]) => there.get(id) === it);
}

/** By channel: how many entries, and the digest. */
async function copiesOf({ store }: Visitor): Promise<ReadonlyMap<Hex, string>> {
  return await store.read(["channels", ...DIGEST_TABLES], async (tx) => {
    const copies = new Map<Hex, string>();
    for (const row of await tx.range("channels", "primary", {})) {
      const channel = numbered(row, "c");
      const logs = await logsOf(tx, channel.c);
      const count = logs.reduce((sum, { known }) => sum + countKnown(known), 0);
      copies.set(row.id, `${count} ${toHex((await digestOf(tx, channel)).digest)}`);
    }
    return copies;
  });
}

const allEntries = async ({ store }: Visitor): Promise<readonly Entry[]> =>
  (await store.read(["entries"], (tx) => tx.range("entries", "primary", {}))).map(entryOf);

const bodyBytesOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);

/** What an entry takes in runs of about as many as a chunk holds, beside its body. */
async function leanBytes(phone: Visitor): Promise<number> {
  const entries = await allEntries(phone);
  let bytes = 0;
  for (const log of Map.groupBy(entries, ({ core }) => toHex(core.log)).values()) {
    for (let at = 0; at < log.length; at += RUN_ENTRIES) {
      bytes += encodeShaped(RUN_SHAPE, runOf(log.slice(at, at + RUN_ENTRIES))).length;
    }
  }
  return (bytes - bodyBytesOf(entries)) / entries.length;
}
