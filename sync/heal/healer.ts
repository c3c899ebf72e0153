/**
 * Asking for what is missing: a hole in a log (WANT, to its author's account), a chain we were never
 * handed (NACK, to whom the envelope came from). The relay is never asked to repair anything. Waits
 * first, because most holes are envelopes on their way. docs/protocol/sync.md, rules [HE4]…
 */
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, channelOf, type Log, numbered } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { reachableDevices } from "../contact/contacts.ts";
import type { Lane } from "../lane.ts";
import { holesOf, maxKnown } from "../log/known.ts";
import { sendControl } from "../outbox/control.ts";
import { NACK_TAGS_MAX, WANT_RANGES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import { POISON_TAG } from "../receive/receive.ts";
import type { HeldRow } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";

/** A hole this young is an envelope on its way. */
export const HEAL_FIRST_MS = 3_000;
/** Pauses between requests for the same thing double up to this. */
export const HEAL_RETRY_FIRST_MS = 5_000;
export const HEAL_RETRY_MAX_MS = 600_000;
/** Logs and tags that are remembered as asked for; the oldest are asked again early. */
const ASKED_MAX = 1_000;

const HEAL_TABLES = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "channels",
  "logs",
  "held",
  "outbox",
] as const;

export type HealDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly wake: () => void;
  readonly failed: (error: unknown) => void;
};

export type Healer = {
  /** Something arrived: look whether anything is missing, in a while. */
  readonly look: () => void;
  readonly close: () => void;
};

type Asked = { readonly times: number; readonly atMs: number; readonly pauseMs: number };

export function openHealer(deps: HealDeps): Healer {
  const asked = new Map<string, Asked>();
  let cancel: (() => void) | undefined;
  let closed = false;

  const plan = (inMs: number): void => {
    if (closed || cancel !== undefined) return;
    cancel = deps.timers.after(inMs, () => {
      cancel = undefined;
      void round().catch(deps.failed);
    });
  };
  const round = async (): Promise<void> => {
    const self = deps.self();
    if (self === undefined || closed) return;
    const missing = await deps.lane.run(() =>
      deps.store.write(HEAL_TABLES, (tx) => askForMissing(tx, deps, self, isDue)),
    );
    if (missing.asked > 0) deps.wake();
    if (missing.left > 0) plan(HEAL_RETRY_FIRST_MS);
  };
  /** True at most once a pause for each thing. */
  const isDue = (what: string): boolean => {
    const nowMs = deps.timers.now();
    const before = asked.get(what);
    if (before !== undefined && isWithin(nowMs - before.atMs, before.pauseMs)) return false;
    const times = (before?.times ?? 0) + 1;
    const pauseMs = Math.min(HEAL_RETRY_MAX_MS, HEAL_RETRY_FIRST_MS * 2 ** Math.min(times - 1, 20));
    asked.delete(what);
    asked.set(what, { times, atMs: nowMs, pauseMs });
    for (const oldest of asked.keys()) {
      if (asked.size <= ASKED_MAX) break;
      asked.delete(oldest);
    }
    return true;
  };
  return {
    look: () => plan(HEAL_FIRST_MS),
    close: () => {
      closed = true;
      cancel?.();
    },
  };
}

/** A negative age tells of a clock that was set back: what it measured is over. */
const isWithin = (ageMs: number, spanMs: number): boolean => ageMs >= 0 && ageMs < spanMs;

type Missing = { readonly asked: number; readonly left: number };

async function askForMissing(
  tx: WriteTx,
  deps: HealDeps,
  self: Self,
  isDue: (what: string) => boolean,
): Promise<Missing> {
  const holes = await wantHoles(tx, deps, self, isDue);
  const chains = await nackUnknown(tx, deps, self, isDue);
  return { asked: holes.asked + chains.asked, left: holes.left + chains.left };
}

async function wantHoles(
  tx: WriteTx,
  deps: HealDeps,
  self: Self,
  isDue: (what: string) => boolean,
): Promise<Missing> {
  let asked = 0;
  let left = 0;
  for (const row of await tx.range("logs", "primary", {})) {
    const log: Log = numbered(row, "a");
    const ranges = holesOf(log.known, maxKnown(log.known)).slice(0, WANT_RANGES_MAX);
    const channel = ranges.length === 0 ? undefined : await channelOf(tx, log.c);
    if (channel === undefined) continue;
    left += 1;
    if (!isDue(log.log)) continue;
    const payload = encodePayload("want", {
      channel: bytesOf(channel.id),
      log: bytesOf(log.log),
      ranges,
    });
    if (await ask(tx, deps, self, log.account, payload)) asked += 1;
  }
  return { asked, left };
}

async function nackUnknown(
  tx: WriteTx,
  deps: HealDeps,
  self: Self,
  isDue: (what: string) => boolean,
): Promise<Missing> {
  const nowMs = deps.timers.now();
  const held = await tx.range("held", "primary", {});
  const tagsByLabel = Map.groupBy(
    held.filter((it) => !isWithin(nowMs - it.atMs, HEAL_FIRST_MS) && it.tag !== POISON_TAG),
    (it: HeldRow) => it.label,
  );
  let asked = 0;
  for (const [label, rows] of tagsByLabel) {
    const account = (await tx.get("tokens", label))?.account;
    const tags = [...new Set(rows.map((it) => it.tag))].slice(0, NACK_TAGS_MAX);
    if (account === undefined || account === null || !isDue(label)) continue;
    const payload = encodePayload("nack", { tags: tags.map(bytesOf) });
    if (await ask(tx, deps, self, account, payload)) asked += 1;
  }
  return { asked, left: held.filter((it) => it.tag !== POISON_TAG).length };
}

/** Sends the question to the account's devices. False when none can be reached. */
async function ask(
  tx: WriteTx,
  deps: HealDeps,
  self: Self,
  account: string,
  payload: Uint8Array,
): Promise<boolean> {
  const { random } = deps;
  const nowMs = deps.timers.now();
  let sent = false;
  for (const device of await reachableDevices(tx, account)) {
    const input = { self, device, payloads: [payload], before: null, psk: null, nowMs, random };
    sent = (await sendControl(tx, input)) || sent;
  }
  return sent;
}
