/**
 * The app as people meet it: the real build in Chromium, its engine, and a real relay, with a history
 * of 100,000 messages, and of 1,000 to tell what the history costs. Budgets are those of the design.
 */
import { loadavg } from "node:os";

import { assert } from "../../crypto/base/assert.ts";
import {
  type Guest,
  installApp,
  openApp,
  openSite,
  openWorld,
  type Site,
  throttle,
  type World,
} from "./app-world.ts";
import { fsyncTimes } from "./disk.ts";
import { type Figure, figure, median, percentile } from "./figure.ts";
import { catchUp, deliveryTimes, ownBubbleTimes } from "./measure-chat.ts";
import { appendTimes, receiveMs } from "./measure-device.ts";
import { emptyPageTimes, heapMegabytes, startTimes, switchTimes } from "./measure-start.ts";

const LONG = 100_000;
const SHORT = 1_000;
const STARTS = 20;
/** How much slower a small phone's page runs. */
const SLOW_RATE = 4;
const SLOW_STARTS = 10;
const SWITCH_ROUNDS = 3;
const APPENDS = 100;
const BUBBLES = 40;
const DELIVERIES = 40;
const BACKLOG = 5_000;
const FSYNCS = 100;

export async function figures(): Promise<readonly Figure[]> {
  // Whatever else ran here then took its part of everything below.
  const [load = 0] = loadavg();
  await using site = await openSite();
  const short = await shortHistory(site);
  await using world = await openWorld(site, LONG);
  await installApp(world);
  return [
    figure("reference: programs that wanted to run before it began", load, "programs"),
    ...(await startFigures(world, short)),
    ...(await switchFigures(world, short)),
    ...(await messageFigures(world)),
    ...(await catchUpFigures(world)),
    ...(await deviceFigures(world)),
  ];
}

type Short = { readonly startMs: number; readonly switchMs: number; readonly heapMb: number };

async function shortHistory(site: Site): Promise<Short> {
  await using world = await openWorld(site, SHORT);
  await installApp(world);
  const startMs = median(await startTimes(world, STARTS));
  const page = await openApp(world, "/");
  const switchMs = median(await switchTimes(page, world, SWITCH_ROUNDS));
  return { startMs, switchMs, heapMb: await heapMegabytes(page) };
}

async function startFigures(world: World, short: Short): Promise<readonly Figure[]> {
  const empty = await emptyPageTimes(world, STARTS);
  const times = await startTimes(world, STARTS);
  const slow = await startTimes(world, SLOW_STARTS, SLOW_RATE);
  return [
    figure("reference: an empty page, navigation to painted, p50", median(empty), "ms"),
    figure("app: start, 1,000 messages, p50", short.startMs, "ms"),
    figure("app: start, 100,000 messages, p50", median(times), "ms", 150),
    figure("app: start, 100,000 messages, p95", percentile(times, 95), "ms", 300),
    figure("app: start, 100,000 messages against 1,000", median(times) / short.startMs, "x", 1.3),
    figure("app: start, page slowed 4 times, p50", median(slow), "ms", 600),
  ];
}

async function switchFigures(world: World, short: Short): Promise<readonly Figure[]> {
  const page = await openApp(world, "/");
  const times = await switchTimes(page, world, SWITCH_ROUNDS);
  const heapMb = await heapMegabytes(page);
  await throttle(page, SLOW_RATE);
  const slow = await switchTimes(page, world, 1);
  await page.close();
  return [
    figure("app: chat switch, 1,000 messages, p50", short.switchMs, "ms"),
    figure("app: chat switch, 100,000 messages, p50", median(times), "ms"),
    figure("app: chat switch, 100,000 messages, p95", percentile(times, 95), "ms", 50),
    figure("app: chat switch, page slowed 4 times, p95", percentile(slow, 95), "ms", 150),
    figure("app: heap of the page after 20 chats", heapMb, "MB", 60),
    figure("app: heap, 100,000 messages against 1,000", heapMb / short.heapMb, "x", 1.1),
  ];
}

async function messageFigures(world: World): Promise<readonly Figure[]> {
  const bubbles = await ownBubbleTimes(world, guestAt(world, 0), BUBBLES);
  const deliveries = await deliveryTimes(world, DELIVERIES);
  return [
    figure("app: Enter to own bubble, p50", median(bubbles), "ms"),
    figure("app: Enter to own bubble, p95", percentile(bubbles, 95), "ms", 50),
    figure("app: Enter to the other's screen, p50", median(deliveries), "ms"),
    figure("app: Enter to the other's screen, p95", percentile(deliveries, 95), "ms", 150),
  ];
}

async function catchUpFigures(world: World): Promise<readonly Figure[]> {
  const { totalMs, longestTaskMs, longestInputMs } = await catchUp(
    world,
    guestAt(world, 1),
    BACKLOG,
  );
  return [
    figure("app: start with 5,000 new messages, each", totalMs / BACKLOG, "ms", 0.5),
    figure("app: meanwhile, the longest task", longestTaskMs, "ms"),
    figure("app: meanwhile, the longest key to paint", longestInputMs, "ms", 100),
  ];
}

async function deviceFigures(world: World): Promise<readonly Figure[]> {
  const [writer, reader] = [guestAt(world, 2), guestAt(world, 3)];
  const fsyncs = await fsyncTimes(FSYNCS);
  const appends = await appendTimes(world, writer, APPENDS);
  const received = await receiveMs(world, reader, BACKLOG);
  return [
    figure("reference: 4 KB written and fsynced, p50", median(fsyncs), "ms"),
    figure("device: write a message, durable, p50", median(appends), "ms"),
    figure("device: write a message, durable, p95", percentile(appends, 95), "ms"),
    figure("device: take in 5,000 messages, each", received, "ms", 0.5),
  ];
}

function guestAt({ guests }: World, at: number): Guest {
  const guest = guests[at];
  assert(guest !== undefined, "Ada knows enough people");
  return guest;
}
