/**
 * A second device for an account with a long past: 100,000 messages in 50 chats, over the real relay. How
 * soon it can be used, how long until all is there and verified though it is closed five times on the way,
 * and what an entry costs on the wire beyond its words.
 */
import { deflateRawSync } from "node:zlib";

import { assert } from "../../crypto/base/assert.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { maxKnown } from "../../sync/log/known.ts";
import { openMemoryStore } from "../../sync/store/memory-store.ts";
import { befriend } from "./crowd.ts";
import { type Figure, figure } from "./figure.ts";
import { accountOf, linkUp, openHere, start, type Visitor, within } from "./here.ts";
import { sideOf, writeHistory } from "./history.ts";

const MESSAGES = Number(process.env["KITH_BENCH_MESSAGES"] ?? 100_000);
/** With "Note to self". */
const CHATS = 50;
const INTERRUPTIONS = 5;
const USABLE_SECONDS_BUDGET = 5;
const OVERHEAD_BYTES_BUDGET = 37;
const MS_MAX = 240_000;
/** About as many entries are in a chunk. */
const PACKED_TOGETHER = 500;

export async function figures(): Promise<readonly Figure[]> {
  await ready;
  const here = openHere();
  const phone = await start(here, "phone");
  const friends = [];
  for (let n = 1; n < CHATS; n += 1) friends.push(await start(here, `friend ${n}`));
  await befriend(phone, friends);
  const accounts = await Promise.all(friends.map(accountOf));
  for (const it of friends) await it.device[Symbol.asyncDispose]();
  await phone.device[Symbol.asyncDispose]();
  const each = MESSAGES / CHATS;
  for (const chat of [undefined, ...accounts]) {
    await writeHistory([await sideOf(phone.store, chat)], each);
  }
  const again = await here.open("phone", phone.store);
  return await measure(here, again);
}

async function measure(
  here: ReturnType<typeof openHere>,
  phone: Visitor,
): Promise<readonly Figure[]> {
  const store = openMemoryStore();
  let laptop = await here.open("laptop", store);
  const entries = await entriesOf(phone);
  assert(entries >= MESSAGES, "the history is there");
  const fromMs = performance.now();
  await linkUp(phone, laptop);
  await within(MS_MAX, () => isUsable(laptop));
  const usableMs = performance.now() - fromMs;
  let received = 0;
  for (let n = 1; n <= INTERRUPTIONS; n += 1) {
    const share = (entries * n) / (INTERRUPTIONS + 1);
    await within(MS_MAX, async () => (await entriesOf(laptop)) >= share);
    await laptop.device[Symbol.asyncDispose]();
    received += laptop.traffic.received;
    laptop = await here.open("laptop", store);
  }
  await within(MS_MAX, async () => (await entriesOf(laptop)) >= entries);
  const completeMs = performance.now() - fromMs;
  received += laptop.traffic.received;
  const words = await packedWords(phone);
  for (const it of [phone, laptop]) await it.device[Symbol.asyncDispose]();
  const name = `link a device to ${MESSAGES} messages in ${CHATS} chats`;
  return [
    figure(`${name}: usable`, usableMs / 1_000, "s", USABLE_SECONDS_BUDGET),
    figure(`${name}: complete, closed ${INTERRUPTIONS} times`, completeMs / 1_000, "s"),
    figure(`${name}: received for an entry`, received / entries, "bytes"),
    figure(
      `${name}: of that beyond its words`,
      Math.max(0, (received - words) / entries),
      "bytes",
      OVERHEAD_BYTES_BUDGET,
    ),
  ];
}

/** All chats are listed, and in the newest one stands what was written last. */
async function isUsable({ store }: Visitor): Promise<boolean> {
  const channels = await store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const chats = channels.filter((it) => it.kind === "dm" || it.kind === "self");
  return chats.length >= CHATS && chats.some((it) => it.lastH > 0);
}

async function entriesOf({ store }: Visitor): Promise<number> {
  const logs = await store.read(["logs"], (tx) => tx.range("logs", "primary", {}));
  return logs.reduce((sum, { known }) => sum + maxKnown(known), 0);
}

/** What was said, packed as chunks are: so that what is left is what each entry costs beside it. */
async function packedWords({ store }: Visitor): Promise<number> {
  const rows = await store.read(["entries"], (tx) => tx.range("entries", "primary", {}));
  let bytes = 0;
  for (let at = 0; at < rows.length; at += PACKED_TOGETHER) {
    const words = rows.slice(at, at + PACKED_TOGETHER).map((it) => it.text);
    bytes += deflateRawSync(words.join("\n")).length;
  }
  return bytes;
}
