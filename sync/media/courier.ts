/**
 * Carries blobs between this device and relays: what is ours up, what entries name down, what was deleted
 * away. Whatever breaks off goes on from its row, with growing pauses. Network and sealing happen outside
 * the lane; what came of it is written in it. docs/protocol/media.md, rules [ME1] to [ME9].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Random } from "../../crypto/base/random.ts";
import { blobDeleteKeyOf } from "../../crypto/media/delete-key.ts";
import { ownerOf } from "../account/mailboxes.ts";
import { capsuleOf, type Self } from "../account/self.ts";
import { takeChunk } from "../backfill/take-chunk.ts";
import { bytesOf, channelOf } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { isOpen } from "../contact/sessions.ts";
import type { Lane } from "../lane.ts";
import { sendControl } from "../outbox/control.ts";
import type { Pump } from "../outbox/pump.ts";
import { decodeChunk } from "../payload/chunk.ts";
import { decodeChunks } from "../payload/history-blob.ts";
import { encodePayload } from "../payload/payload.ts";
import { type Effects, heldBack } from "../receive/effects.ts";
import { RECEIVE_TABLES } from "../receive/receive.ts";
import type { Knocks } from "../session/knocks.ts";
import { openRelayHttp, type RelayError, type RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import { openWhole } from "../thread/long-text.ts";
import type { Transport } from "../transport/transport.ts";
import { announceHistory, HISTORY_TRIES_MAX, payOwed } from "./history.ts";
import { firstHistory, keyOf } from "./media-rows.ts";
import { nextOwedAtMs } from "./owed.ts";
import { deleteBlob, fetchBlob, sendBlob } from "./relay-blobs.ts";
import type { MediaRow, MediaTrouble } from "./rows.ts";
import { homesOf, SOURCE_TABLES, sourcesOf } from "./sources.ts";

/** Looks that come together are one: each message that comes asks for one. */
const LOOK_MS = 50;
/** Blobs on their way at a time. */
export const MEDIA_AT_ONCE = 2;
/** Pauses double from the first … */
export const MEDIA_RETRY_FIRST_MS = 2_000;
/** … to the last. */
export const MEDIA_RETRY_MAX_MS = 600_000;
/** More than any pause: nothing is put off for so long. */
const FAR_MS = 30 * 86_400_000;
/** Rows that are looked at for what can be carried now. */
const LOOKED_AT = 64;
/** What no relay has after so many tries is lost; before, its author may still be sending it. */
const LOOKED_FOR = 2;
/** A blob that no relay has is asked for of so many devices at a time. */
const HOLDERS_ASKED_MAX = 3;
/** Rows that are due again when a way opens; the others wait out their pause. */
const HURRIED_MAX = 500;

const SETTLE_TABLES: readonly TableName[] = [
  ...SOURCE_TABLES,
  "meta",
  "tokens",
  "sessions",
  "outbox",
  "entries",
  "media",
];

export type CourierDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly transport: Transport;
  readonly homeUrl: string;
  readonly self: () => Self | undefined;
  readonly httpOf: (url: string) => RelayHttp;
  readonly knocks: Knocks;
  readonly effects: Effects;
  /** The outbox has something to send. */
  readonly wake: () => void;
  readonly open: Pump["open"];
  readonly dropped?: ((reason: string) => void) | undefined;
  readonly failed: (error: unknown) => void;
};

export type Courier = {
  /** There may be something to carry. */
  readonly look: () => void;
  /** A way to a relay opened: what waited for one is due. */
  readonly resume: () => void;
  readonly close: () => void;
};

/** `content`: what came down. */
type Outcome =
  | { readonly type: "done"; readonly content?: Uint8Array }
  | { readonly type: "refused" }
  | { readonly type: "later"; readonly trouble: MediaTrouble; readonly afterMs: number };

const DONE: Outcome = { type: "done" };
const REFUSED: Outcome = { type: "refused" };
const later = (trouble: MediaTrouble, afterMs = 0): Outcome => ({
  type: "later",
  trouble,
  afterMs,
});

export const openCourier = (deps: CourierDeps): Courier => new Rounds(deps);

class Rounds implements Courier {
  readonly #deps: CourierDeps;
  #cancel: (() => void) | undefined;
  #isRunning = false;
  #isSoon = false;
  #isAgain = false;
  #isClosed = false;

  constructor(deps: CourierDeps) {
    this.#deps = deps;
  }

  readonly look = (): void => {
    if (this.#isClosed || this.#isSoon) return;
    this.#isSoon = true;
    this.#deps.timers.after(LOOK_MS, this.#begin);
  };

  readonly #begin = (): void => {
    this.#isSoon = false;
    this.#isAgain = true;
    if (this.#isRunning || this.#isClosed) return;
    this.#isRunning = true;
    this.#rounds()
      .catch(this.#deps.failed)
      .finally(() => {
        this.#isRunning = false;
      });
  };

  readonly resume = (): void => {
    const { lane, store, failed } = this.#deps;
    lane
      .run(() => store.write(["media"], hurry))
      .then(this.look)
      .catch(failed);
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  async #rounds(): Promise<void> {
    while (this.#isAgain && !this.#isClosed) {
      this.#isAgain = false;
      const { store, timers } = this.#deps;
      const self = this.#deps.self();
      if (self === undefined) return;
      await this.#payOwed(self);
      const due = await store.read(["media"], (tx) => dueNow(tx, timers.now()));
      await Promise.all(due.map((row) => this.#carry(self, row)));
      if (due.length > 0) this.#isAgain = true;
    }
    await this.#plan();
  }

  /** What devices that went still lack of a history. */
  async #payOwed(self: Self): Promise<void> {
    const { store, lane, timers, random, effects } = this.#deps;
    const isOwed = await store.read(["meta"], async (tx) => (await nextOwedAtMs(tx)) < Infinity);
    if (!isOwed || this.#isClosed) return;
    const context = { self, nowMs: timers.now(), random, effects };
    await lane.run(() => store.write(RECEIVE_TABLES, (tx) => payOwed(tx, context)));
  }

  async #plan(): Promise<void> {
    const { store, timers } = this.#deps;
    const nextAtMs = await store.read(["media", "meta"], async (tx) => {
      const range = { lower: [1], upper: [1, Infinity], limit: 1 };
      const [next] = await tx.range("media", "due", range);
      return Math.min(next?.nextAtMs ?? Infinity, await nextOwedAtMs(tx));
    });
    this.#cancel?.();
    this.#cancel = undefined;
    if (nextAtMs === Infinity || this.#isClosed) return;
    // What is due and was left alone waits for another one.
    const dueInMs = nextAtMs - timers.now();
    const inMs = dueInMs > 0 ? Math.min(MEDIA_RETRY_MAX_MS, dueInMs) : MEDIA_RETRY_FIRST_MS;
    this.#cancel = timers.after(inMs, this.look);
  }

  async #carry(self: Self, row: MediaRow): Promise<void> {
    const outcome = await this.#carried(self, row);
    if (this.#isClosed) return;
    const content = outcome.type === "done" ? outcome.content : undefined;
    if (row.use === "history" && content !== undefined) await this.#takeHistory(self, row, content);
    const { lane, store, wake } = this.#deps;
    const isAsked = await lane.run(() =>
      store.write(SETTLE_TABLES, (tx) => this.#settle(tx, self, row, outcome)),
    );
    if (isAsked) wake();
  }

  /** Chunk by chunk, each in a transaction of its own: what is in the middle of it goes on from there. */
  async #takeHistory(self: Self, { peer }: MediaRow, content: Uint8Array): Promise<void> {
    const { lane, store, timers, random, effects } = this.#deps;
    const chunks = decodeChunks(content);
    if (!chunks.ok || peer === undefined) return effects.dropped("history malformed");
    for (const bytes of chunks.value) {
      const chunk = decodeChunk(bytes);
      if (!chunk.ok) return effects.dropped("history malformed");
      const held = heldBack(effects);
      const context = { self, nowMs: timers.now(), random, effects: held.effects };
      await lane.run(() =>
        store.write(RECEIVE_TABLES, (tx) => takeChunk(tx, context, peer, chunk.value)),
      );
      held.release();
    }
  }

  #carried(self: Self, row: MediaRow): Promise<Outcome> {
    switch (row.state) {
      case "up":
        return this.#up(self, row);
      case "wanted":
        return this.#down(self, row);
      case "gone":
        return this.#away(self, row);
      case "here":
      case "refused":
        return Promise.resolve(DONE);
      default:
        return unreachable(row.state);
    }
  }

  async #up(self: Self, { key, content, id }: MediaRow): Promise<Outcome> {
    const { store, homeUrl: url, transport, timers } = this.#deps;
    const mailbox = await store.read(["mailboxes"], (tx) => tx.get("mailboxes", url));
    const owner = mailbox?.registered === true ? ownerOf(mailbox) : undefined;
    if (owner === undefined) return later("unreachable");
    if (content === null) return REFUSED;
    const http = openRelayHttp({ url, owner, transport, timers });
    const sent = await sendBlob(http, { key, content, deleteKey: this.#deleteKeyOf(self, id) });
    return sent.ok ? DONE : whyNotUp(sent.error);
  }

  async #down(self: Self, row: MediaRow): Promise<Outcome> {
    const { store, httpOf, knocks, dropped } = this.#deps;
    const { urls, strange } = await store.read(SOURCE_TABLES, (tx) => sourcesOf(tx, self, row));
    let isMissing = false;
    let afterMs = 0;
    for (const url of urls) {
      if (strange.has(url) && !knocks.mayKnock(url)) continue;
      const reference = { id: bytesOf(row.id), key: row.key, bytes: row.bytes };
      const fetched = await fetchBlob(httpOf(url), reference);
      if (fetched.ok) knocks.answered(url);
      if (fetched.ok) return await this.#checked(row, fetched.value);
      const { error } = fetched;
      // Its bytes are those that the entry names, and the entry's key or size does not open them.
      if (error.type === "OpenFailed") return REFUSED;
      if (error.type === "BlobIdDiffers") dropped?.("blob of other bytes");
      if (error.type !== "Unreachable") isMissing = true;
      if (error.type === "Refused") afterMs = Math.max(afterMs, error.retryAfterMs);
    }
    return later(isMissing ? "missing" : "unreachable", afterMs);
  }

  /** Is it what its entry says that it is? */
  async #checked(row: MediaRow, content: Uint8Array): Promise<Outcome> {
    if (row.use !== "text") return { type: "done", content };
    const entry = await this.#deps.store.read(["entries"], (tx) => tx.get("entries", keyOf(row)));
    const whole = openWhole(entry?.text ?? "", content);
    if (whole.ok) return { type: "done", content };
    this.#deps.dropped?.(`long text ${whole.error.type}`);
    return REFUSED;
  }

  /** Every relay that may have it is told once; one that cannot be reached, again later. */
  async #away(self: Self, { id }: MediaRow): Promise<Outcome> {
    const { store, httpOf } = this.#deps;
    const urls = await store.read(SOURCE_TABLES, (tx) => homesOf(tx, self));
    for (const url of urls) {
      const gone = await deleteBlob(httpOf(url), bytesOf(id), this.#deleteKeyOf(self, id));
      if (!gone.ok) return later("unreachable");
    }
    return DONE;
  }

  #deleteKeyOf(self: Self, id: string): Uint8Array {
    return blobDeleteKeyOf(capsuleOf(self).writeKey, bytesOf(id));
  }

  /** True when other devices were asked for what no relay has. */
  async #settle(tx: WriteTx, self: Self, was: MediaRow, outcome: Outcome): Promise<boolean> {
    const row = await tx.get("media", keyOf(was));
    // Meanwhile its entry was erased, or it was asked for anew.
    if (row === undefined || row.state !== was.state || row.id !== was.id) return false;
    const { timers, random } = this.#deps;
    const { trouble: _, ...rest } = row;
    if (row.use === "history" && isOver(row, outcome)) {
      const channel = row.state === "up" ? await channelOf(tx, row.c) : undefined;
      if (channel === undefined) {
        await tx.delete("media", keyOf(row));
        return false;
      }
      const context = { self, nowMs: timers.now(), random, effects: this.#deps.effects };
      await tx.put("media", await announceHistory(tx, context, channel, row));
      return true;
    }
    if (outcome.type === "later") {
      const { trouble, afterMs } = outcome;
      const nextAtMs = timers.now() + Math.max(afterMs, pauseAfter(row.attempts, random));
      const isOnItsWay = trouble === "missing" && row.attempts < LOOKED_FOR;
      const why = isOnItsWay ? {} : { trouble };
      await tx.put("media", { ...rest, ...why, nextAtMs, attempts: row.attempts + 1 });
      const isLost = row.state === "wanted" && trouble === "missing" && !isOnItsWay;
      return isLost && row.use !== "history" && (await this.#askHolders(tx, self, row));
    }
    if (row.state === "gone") {
      await tx.delete("media", keyOf(row));
      return false;
    }
    const settled = { ...rest, waiting: 0 as const, attempts: 0 };
    if (outcome.type === "refused") {
      // What is ours stays readable here, whatever the relay says.
      const state = row.state === "up" ? "here" : "refused";
      const trouble = row.state === "up" ? { trouble: "refused" as const } : {};
      await tx.put("media", { ...settled, state, ...trouble });
      return false;
    }
    const upAtMs = row.state === "up" ? { upAtMs: timers.now() } : {};
    const content = outcome.content ?? row.content;
    await tx.put("media", { ...settled, ...upAtMs, state: "here", content });
    return false;
  }

  async #askHolders(tx: WriteTx, self: Self, row: MediaRow): Promise<boolean> {
    const { random, timers, effects, open } = this.#deps;
    const channel = await channelOf(tx, row.c);
    if (channel === undefined) return false;
    const { holders } = await sourcesOf(tx, self, row);
    const want = encodePayload("blobWant", { channel: bytesOf(channel.id), id: bytesOf(row.id) });
    const told = { payloads: [want], before: null, psk: null };
    const nowMs = timers.now();
    let isAsked = false;
    for (const device of turnOf(holders, row.attempts)) {
      if (await sendControl(tx, { self, device, nowMs, random, effects, ...told })) isAsked = true;
      else if (!(await isOpen(tx, device, nowMs))) open(device.device);
    }
    return isAsked;
  }
}

/** Of history nothing is kept: it was taken in, is on its way to its device, or comes another time. */
const isOver = ({ state, attempts }: MediaRow, { type }: Outcome): boolean =>
  type === "later" ? state === "wanted" && attempts >= HISTORY_TRIES_MAX : state !== "gone";

/** Also what a clock that was set back since put off to a day that is far away now. */
async function dueNow(tx: ReadTx, nowMs: number): Promise<readonly MediaRow[]> {
  const now = { lower: [1, 0], upper: [1, nowMs], limit: LOOKED_AT };
  const far = { lower: [1, nowMs + FAR_MS], upper: [1, Infinity], limit: LOOKED_AT };
  const rows = [...(await tx.range("media", "due", now)), ...(await tx.range("media", "due", far))];
  const due: MediaRow[] = [];
  for (const row of rows) {
    if (due.length >= MEDIA_AT_ONCE) break;
    const isHistory = row.use === "history" && row.state === "wanted";
    // Older entries are vouched for by newer ones: one blob after the other.
    if (isHistory && (await firstHistory(tx, row.c))?.s !== row.s) continue;
    due.push(row);
  }
  return due;
}

/** Each time the next ones, so that all are asked in the end. */
function turnOf(holders: readonly DeviceRow[], attempts: number): readonly DeviceRow[] {
  const from = holders.length === 0 ? 0 : (attempts * HOLDERS_ASKED_MAX) % holders.length;
  return [...holders.slice(from), ...holders.slice(0, from)].slice(0, HOLDERS_ASKED_MAX);
}

/** Half of it at least, so that an answer of others has time to come. */
function pauseAfter(attempts: number, random: Random): number {
  const [byte = 0] = random(1);
  const fullMs = Math.min(MEDIA_RETRY_MAX_MS, MEDIA_RETRY_FIRST_MS * 2 ** Math.min(attempts, 10));
  return Math.round((fullMs * (256 + byte)) / 512);
}

function whyNotUp(error: RelayError): Outcome {
  if (error.type !== "Refused") return later("unreachable");
  const { problem, retryAfterMs } = error;
  if (problem === "StorageFull" || problem === "TooMany") return later("full", retryAfterMs);
  const isUnfit = problem === "BodyTooLarge" || problem === "RequestMalformed";
  return isUnfit ? REFUSED : later("unreachable", retryAfterMs);
}

async function hurry(tx: WriteTx): Promise<void> {
  const range = { lower: [1], upper: [1, Infinity], limit: HURRIED_MAX };
  for (const row of await tx.range("media", "due", range)) {
    if (row.trouble !== "unreachable") continue;
    await tx.put("media", { ...row, nextAtMs: 0, attempts: 0 });
  }
}
