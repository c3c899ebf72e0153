/**
 * Large groups: 100 accounts with two devices each, and 500 accounts. What it takes to make one, to say
 * something, to let somebody in and to put somebody out, against the figures of crypto.md.
 */
import { assert } from "../../crypto/base/assert.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { befriend } from "./crowd.ts";
import { type Figure, figure } from "./figure.ts";
import { accountOf, type Here, linkUp, openHere, start, type Visitor, within } from "./here.ts";

const ACCOUNTS = Number(process.env["KITH_BENCH_GROUP"] ?? 100);
const LARGE = Number(process.env["KITH_BENCH_LARGE_GROUP"] ?? 500);
const LINKS_AT_ONCE = 10;
const STEP_MS_MAX = 600_000;
/** After that long all receipts of up to 32 members are told; of more, with jitter, most. */
const QUIET_MS = 3_000;
/** Digests are told in the first half minute by chance, and then once a minute by somebody. */
const SETTLE_MS_MAX = 45_000;

export async function figures(): Promise<readonly Figure[]> {
  await ready;
  return [...(await pairsOfDevices()), ...(await fiveHundred())];
}

/** So many ms, of which this process computed `cpuMs`; bytes sent by all, and receipts. */
type Cost = {
  readonly ms: number;
  readonly cpuMs: number;
  readonly bytes: number;
  readonly receipts: number;
};

async function cost(here: Here, work: () => Promise<void>): Promise<Cost> {
  await settled(here);
  const { sent, receipts } = here.traffic;
  const fromMs = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - fromMs,
    cpuMs: (user + system) / 1_000,
    bytes: here.traffic.sent - sent,
    receipts: here.traffic.receipts - receipts,
  };
}

async function pairsOfDevices(): Promise<readonly Figure[]> {
  await using here = openHere();
  const host = await start(here, "host");
  const guests: Visitor[] = [];
  const seconds: Visitor[] = [];
  for (let at = 1; at < ACCOUNTS; at += LINKS_AT_ONCE) {
    const count = Math.min(LINKS_AT_ONCE, ACCOUNTS - at);
    const made = await Promise.all(
      Array.from({ length: count }, (_, i) => twoDevices(here, `guest ${at + i}`)),
    );
    guests.push(...made.map(([phone]) => phone));
    seconds.push(...made.map(([, laptop]) => laptop));
  }
  await befriend(host, guests);
  const last = guests.at(-1);
  assert(last !== undefined, "there are guests");
  const others = [...guests.slice(0, -1), ...seconds.slice(0, -1)];
  const accounts = await Promise.all(guests.slice(0, -1).map(accountOf));
  const made = await cost(here, async () => {
    const group = await host.device.groups.create("Village", accounts);
    assert(group.ok, "a group is made");
    await allHold(host, others, await say(host, "hello"));
  });
  const sent = await cost(here, async () => allHold(host, others, await say(host, "hello again")));
  const receipts = await receiptsOf(here);
  const c = await groupOf(host);
  const added = await cost(here, async () => {
    const done = await host.device.groups.add(c, await accountOf(last));
    assert(done.ok, "somebody is let in");
    await allHold(host, [...others, last], await say(host, "welcome"));
  });
  const removed = await cost(here, async () => {
    const done = await host.device.groups.remove(c, await accountOf(last));
    assert(done.ok, "somebody is put out");
    await allHold(host, others, await say(host, "they are gone"));
  });
  for (const it of [host, ...guests, ...seconds]) await it.device[Symbol.asyncDispose]();
  const devices = ACCOUNTS * 2;
  const name = `group of ${ACCOUNTS} (${devices} devices)`;
  return [
    ...figuresOf(`${name}: made, and the first message everywhere`, made),
    ...figuresOf(`${name}: a message everywhere`, sent),
    figure(`${name}: receipts of a message`, receipts / devices, "a device"),
    ...figuresOf(`${name}: one more, and a message everywhere`, added),
    ...figuresOf(`${name}: one less, new chains, and a message everywhere`, removed),
  ];
}

async function fiveHundred(): Promise<readonly Figure[]> {
  await using here = openHere();
  const host = await start(here, "host");
  const guests: Visitor[] = [];
  for (let at = 1; at <= LARGE; at += 1) guests.push(await start(here, `guest ${at}`));
  await befriend(host, guests);
  const [tooMany, ...members] = guests.toReversed();
  assert(tooMany !== undefined, "one more than there is room for");
  const accounts = await Promise.all(members.map(accountOf));
  const made = await cost(here, async () => {
    const group = await host.device.groups.create("Town", accounts);
    assert(group.ok, "a group is made");
    await allHold(host, members, await say(host, "hello"));
  });
  const sent = await cost(here, async () => allHold(host, members, await say(host, "again")));
  const c = await groupOf(host);
  const refused = await host.device.groups.add(c, await accountOf(tooMany));
  const isFull = !refused.ok && refused.error.type === "GroupFull";
  assert(isFull || LARGE !== 500, "the 501st is refused");
  const [leaving, ...rest] = members;
  assert(leaving !== undefined, "there are members");
  const removed = await cost(here, async () => {
    const done = await host.device.groups.remove(c, await accountOf(leaving));
    assert(done.ok, "somebody is put out");
    await allHold(host, rest, await say(host, "they are gone"));
  });
  const next = isFull ? tooMany : leaving;
  const added = await cost(here, async () => {
    const done = await host.device.groups.add(c, await accountOf(next));
    assert(done.ok, "there is room for one");
    await allHold(host, [...rest, next], await say(host, "welcome"));
  });
  for (const it of [host, ...guests]) await it.device[Symbol.asyncDispose]();
  const name = `group of ${LARGE}`;
  return [
    ...figuresOf(`${name}: made, and the first message everywhere`, made),
    ...figuresOf(`${name}: a message everywhere`, sent),
    ...figuresOf(`${name}: one less, new chains, and a message everywhere`, removed),
    ...figuresOf(`${name}: one in their place, and a message everywhere`, added),
    figure(`${name}: one more is refused`, isFull ? 1 : 0, "times"),
  ];
}

const figuresOf = (name: string, { ms, cpuMs, bytes }: Cost): readonly Figure[] => [
  figure(name, ms / 1_000, "s"),
  figure(`${name}, of that computed by all`, cpuMs / 1_000, "s"),
  figure(`${name}, sent by all`, bytes / 1_024, "KiB"),
];

async function twoDevices(here: Here, name: string): Promise<readonly [Visitor, Visitor]> {
  const phone = await start(here, name);
  const laptop = await here.open(name);
  await linkUp(phone, laptop);
  return [phone, laptop];
}

async function groupOf({ store }: Visitor): Promise<number> {
  const channels = await store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const c = channels.find((it) => it.kind === "group")?.c;
  assert(c !== undefined, "they have a group");
  return c;
}

/** The id of what is said. */
async function say(who: Visitor, text: string): Promise<string> {
  const sent = await who.device.send(await groupOf(who), text);
  assert(sent.ok, "something is said");
  return sent.value.id;
}

async function allHold(from: Visitor, all: readonly Visitor[], id: string): Promise<void> {
  const c = await groupOf(from);
  const { lastH } = await channelOf(from, c);
  const left = new Set(all);
  await within(STEP_MS_MAX, async () => {
    for (const it of left) if (await holds(it, id, lastH)) left.delete(it);
    return left.size === 0;
  });
}

const channelOf = async ({ store }: Visitor, c: number): Promise<{ readonly lastH: number }> => {
  const row = await store.read(["channels"], (tx) => tx.get("channels", c));
  assert(row !== undefined, "they have that chat");
  return row;
};

async function holds({ store }: Visitor, id: string, h: number): Promise<boolean> {
  return await store.read(["channels", "entries"], async (tx) => {
    const group = (await tx.range("channels", "primary", {})).find((it) => it.kind === "group");
    if (group?.c === undefined) return false;
    const range = { lower: [group.c, 1, h], upper: [group.c, 1, h] };
    return (await tx.range("entries", "timeline", range)).some((it) => it.id === id);
  });
}

/** Nothing is put any more; a HELLO a minute may still come. */
async function settled({ traffic }: Here): Promise<void> {
  let last = { count: traffic.puts + traffic.receipts, atMs: Date.now() };
  const endMs = Date.now() + SETTLE_MS_MAX;
  await within(STEP_MS_MAX, async () => {
    const count = traffic.puts + traffic.receipts;
    if (count !== last.count) last = { count, atMs: Date.now() };
    return Date.now() - last.atMs > QUIET_MS || Date.now() > endMs;
  });
}

/** Of the newest message: those that follow it. */
async function receiptsOf(here: Here): Promise<number> {
  const before = here.traffic.receipts;
  await settled(here);
  return here.traffic.receipts - before;
}
