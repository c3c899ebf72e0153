/**
 * A long past for people who met a moment ago: their logs in a chat are emptied, opened anew long
 * ago, and filled by the code that appends and accepts, which has the time as an argument. In the
 * end both sides hold and have read everything and know it of each other: nothing is left to send, to
 * heal or to acknowledge. Their devices must be idle meanwhile.
 */
import { systemRandom } from "../../app/engine/system.ts";
import { assert } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import { readSelf, type Self } from "../../sync/account/self.ts";
import { appendMessage, DEVICE_HLC } from "../../sync/channel/append.ts";
import { type Channel, channelOf, logsOf } from "../../sync/channel/channels.ts";
import { type Known, KNOWN_NOTHING, maxKnown } from "../../sync/log/known.ts";
import { acceptEntry } from "../../sync/receive/accept-entry.ts";
import type { EntryRow, TableName } from "../../sync/store/rows.ts";
import type { Store, WriteTx } from "../../sync/store/store.ts";

/** So many messages of one side, a minute apart, then so many of the other. */
const TURN = 5;
const WITHIN_TURN_MS = 60_000;
/** From one turn to the next: 5,000 messages are over a year. */
const TURNS_MS = 10 * 3_600_000;
const SENTENCES: readonly string[] = [
  "We could take the early train and have breakfast at the lake before the others come.",
  "Good idea.",
  "I will bring the tickets and the small umbrella, you said that it might rain.",
  "Yes 🙂",
  "The recipe is simple: flour, eggs, milk, a little salt, and a lot of patience with the pan. " +
    "Mine always stick, so I gave up and buy them at the corner. Nobody has noticed so far.",
];
const TABLES: readonly TableName[] = [
  "meta",
  "channels",
  "contacts",
  "devices",
  "logs",
  "entries",
  "cursors",
  "outbox",
  "aggregates",
];

/** Whose store it is, and which chat. */
export type Side = { readonly store: Store; readonly self: Self; readonly c: number };

/** `chat`: its number, or the other account; without it "Note to self". */
export async function sideOf(store: Store, chat?: Hex | number): Promise<Side> {
  return await store.read(["meta", "channels"], async (tx) => {
    const self = await readSelf(tx);
    assert(self !== undefined, "they have started");
    const channels = await tx.range("channels", "primary", {});
    const wanted = chat ?? self.account;
    const chats = channels.filter((it) => it.kind !== "account");
    const c = chats.find((it) => it.c === wanted || it.account === wanted)?.c;
    assert(c !== undefined, "they have that chat");
    return { store, self, c };
  });
}

/**
 * `count` messages, half of each side; one side alone is "Note to self". Answers the id of the newest.
 */
export async function writeHistory(sides: readonly Side[], count: number): Promise<string> {
  for (const side of sides) await side.store.write(TABLES, (tx) => rewind(tx, side));
  const endMs = Date.now();
  const timeOf = (at: number): number =>
    endMs - Math.ceil((count - at) / TURN) * TURNS_MS + (at % TURN) * WITHIN_TURN_MS;
  let newestId = "";
  for (let at = 0; at < count; at += TURN) {
    const author = sides[(at / TURN) % sides.length];
    assert(author !== undefined, "somebody writes");
    const upTo = Math.min(count, at + TURN);
    const entries = await author.store.write(TABLES, (tx) => append(tx, author, at, upTo, timeOf));
    for (const reader of sides.filter((it) => it !== author)) {
      await reader.store.write(TABLES, (tx) => accept(tx, reader, entries, timeOf(upTo)));
    }
    newestId = entries.at(-1)?.id ?? newestId;
  }
  for (const side of sides) await side.store.write(TABLES, (tx) => settle(tx, side));
  return newestId;
}

/** As if nothing had been written. Chains and sessions stay. */
async function rewind(tx: WriteTx, { c }: Side): Promise<void> {
  for (const { a, s } of await tx.range("entries", "primary", { lower: [c], upper: [c] })) {
    await tx.delete("entries", [c, a, s]);
  }
  for (const { n } of await tx.range("outbox", "entry", { lower: [c], upper: [c] })) {
    assert(n !== undefined, "a stored row");
    await tx.delete("outbox", n);
  }
  for (const log of await logsOf(tx, c)) {
    const nothing = { known: KNOWN_NOTHING, sent: KNOWN_NOTHING, read: KNOWN_NOTHING, hlc: 0 };
    await tx.put("logs", { ...log, ...nothing });
  }
  const channel = await channelIn(tx, c);
  const empty = { hlc: 0, lastH: 0, arrivals: 0, unread: 0, preview: null };
  await tx.put("channels", { ...channel, ...empty });
  await tx.put("meta", { k: DEVICE_HLC, v: 0 });
}

async function append(
  tx: WriteTx,
  { self, c }: Side,
  from: number,
  upTo: number,
  timeOf: (at: number) => number,
): Promise<readonly EntryRow[]> {
  const entries: EntryRow[] = [];
  for (let at = from; at < upTo; at++) {
    const { entry } = await appendMessage(tx, {
      self,
      channel: await channelIn(tx, c),
      text: `${SENTENCES[at % SENTENCES.length]} ${at + 1}`,
      nowMs: timeOf(at),
      random: systemRandom,
    });
    // The first message opens the log; whoever reads it needs that entry too.
    const opening = entry.s === 2 ? await tx.get("entries", [c, entry.a, 1]) : undefined;
    entries.push(...(opening === undefined ? [] : [opening]), entry);
  }
  // It arrived long ago.
  for (const { n } of await tx.range("outbox", "entry", { lower: [c], upper: [c] })) {
    assert(n !== undefined, "a stored row");
    await tx.delete("outbox", n);
  }
  return entries;
}

async function accept(
  tx: WriteTx,
  { self, c }: Side,
  entries: readonly EntryRow[],
  nowMs: number,
): Promise<void> {
  for (const { bytes } of entries) {
    const outcome = await acceptEntry(tx, self, c, bytes, nowMs);
    assert(outcome.type === "new", "an entry of the history is accepted");
  }
}

/** All is read and sent, and the other side said so of its device. */
async function settle(tx: WriteTx, { self, c }: Side): Promise<void> {
  const channel = await channelIn(tx, c);
  const logs = await logsOf(tx, c);
  for (const log of logs) {
    const known: Known = { floor: maxKnown(log.known), ranges: [] };
    await tx.put("logs", { ...log, read: known, sent: log.own ? known : log.sent });
  }
  await tx.put("channels", { ...channel, unread: 0, receiptsSent: channel.receipts });
  await tx.put("meta", { k: DEVICE_HLC, v: channel.hlc });
  if (channel.kind === "self") return;
  const held = logs.filter((it) => it.own).map(({ log, known }) => ({ log, known }));
  const { account } = channel;
  for (const { device } of await tx.range("devices", "account", {
    lower: account,
    upper: account,
  })) {
    const row = { c, device, account, counter: 0, delivered: held, read: held };
    if (device !== self.device) await tx.put("cursors", row);
  }
}

async function channelIn(tx: WriteTx, c: number): Promise<Channel> {
  const channel = await channelOf(tx, c);
  assert(channel !== undefined, "they have that chat");
  return channel;
}
