/**
 * Keeps the recovery capsule at our home relay as new as what it tells: looked at a moment after
 * something changed, written when it would say something else, and once a week in any case. Every step
 * starts from what the store says was put last, so it may be interrupted anywhere. docs/protocol/
 * recovery.md, rules [RV2], [RV5] and [RV6].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { encodeCapsule } from "../../crypto/recovery/capsule-content.ts";
import { sealCapsule } from "../../crypto/recovery/capsule.ts";
import { ownerOf } from "../account/mailboxes.ts";
import { capsuleOf, type Self } from "../account/self.ts";
import type { UpkeepDeps } from "../account/upkeep.ts";
import { isWithin } from "../clock/within.ts";
import {
  isProblem,
  openRelayHttp,
  type RelayError,
  type RelayHttp,
} from "../session/relay-http.ts";
import type { MailboxRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { capsuleContentOf, CONTENT_TABLES, contentOf, sameAs } from "./content.ts";
import { askForGroups, type LostGroupDeps } from "./lost-groups.ts";
import { fetchCapsule, putCapsule } from "./relay-capsules.ts";

/** After a change: others often come with it. */
export const CAPSULE_SETTLE_MS = 3_000;
/** Between two looks that changes ask for. */
export const CAPSULE_PAUSE_MS = 20_000;
/** When nothing changes: the relay may have lost it, and its time goes by. */
export const CAPSULE_LOOK_MS = 3_600_000;
export const CAPSULE_RENEW_MS = 7 * 86_400_000;
/** A relay that says no is asked again after so long, twice as long each time … */
const RETRY_FIRST_MS = 30_000;
/** … up to this. */
const RETRY_MAX_MS = CAPSULE_LOOK_MS;
/** Another device of ours was quicker: its counter is taken up so often. */
const COUNTER_TRIES_MAX = 3;
const CAPSULE = "capsule";

/** What was put last. A tab shows when. */
export type CapsulePut = {
  readonly same: Hex;
  readonly counter: number;
  readonly atMs: number;
  readonly relayId: Hex;
  readonly storeInc: Hex;
  /** Contacts that went in by name alone: the rest was too long. */
  readonly shortened: number;
};

export type KeeperDeps = UpkeepDeps &
  LostGroupDeps & {
    readonly self: () => Self | undefined;
    readonly failed: (error: unknown) => void;
  };

export type Keeper = {
  /** Something changed, or the relay is there again. */
  readonly changed: () => void;
  /** At once, whatever was planned. Settles when the relay has it, or said no. */
  readonly now: () => Promise<Result<void, RelayError>>;
  readonly close: () => void;
};

export const openKeeper = (deps: KeeperDeps): Keeper => new CapsuleKeeper(deps);

class CapsuleKeeper implements Keeper {
  readonly #deps: KeeperDeps;
  #cancel: (() => void) | undefined;
  #dueAtMs = Infinity;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** The relay said that it is not to be asked again so soon. */
  #askedMs = 0;
  #running: Promise<Result<void, RelayError>> | undefined;
  #isClosed = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  readonly changed = (): void => {
    const sinceMs = this.#deps.timers.now() - this.#lookedAtMs;
    const restMs = sinceMs >= 0 ? Math.max(CAPSULE_PAUSE_MS, this.#askedMs) - sinceMs : 0;
    this.#plan(Math.max(CAPSULE_SETTLE_MS, restMs));
  };

  readonly now = async (): Promise<Result<void, RelayError>> => {
    // What runs may have read what was before.
    await this.#running;
    return await this.#look();
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  /** The earlier of this plan and the one that is made. */
  #plan(inMs: number): void {
    const { timers, failed } = this.#deps;
    const atMs = timers.now() + inMs;
    if (this.#isClosed || (this.#cancel !== undefined && this.#dueAtMs <= atMs)) return;
    this.#cancel?.();
    this.#dueAtMs = atMs;
    this.#cancel = timers.after(inMs, () => {
      this.#cancel = undefined;
      this.#look().catch(failed);
    });
  }

  #look(): Promise<Result<void, RelayError>> {
    this.#running ??= this.#lookOnce().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #lookOnce(): Promise<Result<void, RelayError>> {
    const self = this.#deps.self();
    if (self === undefined || this.#isClosed) return ok(undefined);
    this.#lookedAtMs = this.#deps.timers.now();
    await askForGroups(this.#deps, self);
    const done = await renew(this.#deps, self);
    const isKept = done.ok && done.value === "kept";
    this.#failures = isKept ? 0 : this.#failures + 1;
    this.#askedMs = !done.ok && done.error.type === "Refused" ? done.error.retryAfterMs : 0;
    const retryMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#failures, 12));
    this.#plan(isKept ? CAPSULE_LOOK_MS : Math.max(retryMs, this.#askedMs));
    return done.ok ? ok(undefined) : done;
  }
}

const readPut = async (tx: ReadTx): Promise<CapsulePut | undefined> =>
  (await tx.get("meta", CAPSULE))?.v as CapsulePut | undefined;

/** `homeless`: no relay knows us yet. `kept`: also when there was nothing new to say. */
async function renew(
  deps: KeeperDeps,
  self: Self,
): Promise<Result<"kept" | "homeless", RelayError>> {
  const { store, homeUrl } = deps;
  const found = await store.read(CONTENT_TABLES, async (tx) => {
    const row = await tx.get("mailboxes", homeUrl);
    if (row?.registered !== true) return undefined;
    const put = await readPut(tx);
    const same = sameAs(await contentOf(tx, self));
    return { row, put, isCurrent: isCurrent(put, same, row, deps.timers.now()) };
  });
  const owner = found === undefined ? undefined : ownerOf(found.row);
  if (found === undefined || owner === undefined) return ok("homeless");
  if (found.isCurrent) return ok("kept");
  const http = openRelayHttp({ ...deps, url: homeUrl, owner });
  let counter = (found.put?.counter ?? 0) + 1;
  for (let tries = 1; ; tries += 1) {
    const done = await putOnce(deps, self, http, found.row, counter);
    if (done.ok) return ok("kept");
    if (!isAboutCounter(done.error) || tries >= COUNTER_TRIES_MAX) return done;
    const held = await heldBy(http, self);
    if (!held.ok) return held;
    // A relay, or a device of ours that was stolen, said so: there is none behind it. Rule [RV14].
    if (held.value >= Number.MAX_SAFE_INTEGER) return err({ type: "Malformed" });
    counter = held.value + 1;
  }
}

/** Is there a higher one, or none near it, as where the relay lost what lay there? Rule [RV14]. */
const isAboutCounter = (error: RelayError): boolean =>
  isProblem(error, "CounterOld") || isProblem(error, "BodyMalformed");

/** The counter of what lies there; 0: nothing. */
async function heldBy(http: RelayHttp, self: Self): Promise<Result<number, RelayError>> {
  const held = await fetchCapsule(http, capsuleOf(self).place);
  if (held.ok) return ok(held.value.counter);
  return isProblem(held.error, "NotFound") ? ok(0) : held;
}

function isCurrent(
  put: CapsulePut | undefined,
  same: Hex,
  row: MailboxRow,
  nowMs: number,
): boolean {
  if (put === undefined || put.same !== same) return false;
  const isThere = put.relayId === toHex(row.relayId) && put.storeInc === row.storeInc;
  return isThere && isWithin(put.atMs, nowMs, CAPSULE_RENEW_MS);
}

async function putOnce(
  deps: KeeperDeps,
  self: Self,
  http: RelayHttp,
  { relayId, storeInc }: MailboxRow,
  counter: number,
): Promise<Result<void, RelayError>> {
  const { store, lane, timers, random } = deps;
  const atMs = timers.now();
  const made = await lane.run(() =>
    store.write(CONTENT_TABLES, (tx) => makeCapsule(tx, deps, self, { counter, atMs })),
  );
  const sealed = made === undefined ? undefined : sealCapsule(capsuleOf(self), made.bytes, random);
  // Longer than fits, even by names alone: what was put last stays.
  if (made === undefined || sealed?.ok !== true) return err({ type: "Malformed" });
  const capsule = { capsule: sealed.value, counter };
  const put = await putCapsule(http, capsuleOf(self), relayId, capsule);
  if (!put.ok) return put;
  const v: CapsulePut = {
    same: made.same,
    counter,
    atMs,
    relayId: toHex(relayId),
    storeInc,
    shortened: made.shortened,
  };
  await lane.run(() => store.write(["meta"], (tx) => tx.put("meta", { k: CAPSULE, v })));
  return ok(undefined);
}

type Made = { readonly bytes: Uint8Array; readonly same: Hex; readonly shortened: number };

async function makeCapsule(
  tx: WriteTx,
  { random, effects }: KeeperDeps,
  self: Self,
  { counter, atMs }: { readonly counter: number; readonly atMs: number },
): Promise<Made | undefined> {
  const same = sameAs(await contentOf(tx, self));
  const content = await capsuleContentOf(tx, self, { nowMs: atMs, random, effects }, counter);
  const encoded = encodeCapsule(content, self.keys.sigSecret);
  return encoded.ok ? { ...encoded.value, same } : undefined;
}
