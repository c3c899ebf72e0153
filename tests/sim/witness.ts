/**
 * Sees every commit of every device, every frame and the relay's disk, and says when a promise of
 * docs/protocol/simulator.md is broken. Everything here is held against the whole truth, which no
 * device has.
 */
import { unreachable } from "../../crypto/base/assert.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { MESSAGE_ID_BYTES } from "../../crypto/envelope.ts";
import { kdf } from "../../crypto/kdf.ts";
import { NONCE_BYTES } from "../../crypto/xchacha.ts";
import type { Self } from "../../sync/account/self.ts";
import { coversKnown, type Known, KNOWN_NOTHING } from "../../sync/log/known.ts";
import type { CursorRow, EntryRow, LogRow, OutboxRow } from "../../sync/store/rows.ts";
import type { Frame } from "../../sync/wire/frames.ts";
import type { MsgFrame } from "../../sync/wire/message-frames.ts";
import type { Change } from "./device-store.ts";
import type { Moment } from "./person.ts";
import { RelayWatch, type RelayWatchOptions } from "./relay-watch.ts";

/** Rows that wait in one device's outbox, beyond those of entries that nobody has yet. */
const CONTROL_ROWS_MAX = 64;
const HELD_ROWS_MAX = 256;
/** Of a chain message: crypto/chain/sender-chain.ts. */
const SEALED_AT = MESSAGE_ID_BYTES + 4;
/** Tables that change when something is on its way. */
const MOVING: ReadonlySet<string> = new Set(["outbox", "entries", "cursors", "sessions", "held"]);

/** An entry by its log and number. */
const placeOf = (log: string, seq: number): string => `${log}/${seq}`;

/** What is known of one device. */
type Seen = {
  readonly who: string;
  device: string;
  account: string;
  incarnation: string;
  mailbox: string;
  /** Entries that it holds, by place: what they hash to. */
  readonly held: Map<string, string>;
  /** Envelopes that it has dealt with. */
  readonly envelopes: Set<string>;
  /** Its log rows, by the number that they have there. */
  readonly logs: Map<number, LogRow>;
  readonly shown: Map<string, string>;
  readonly outbox: Map<number, OutboxRow>;
  /** Header keys of its sender chains, by tag. */
  readonly headerKeys: Map<string, Uint8Array>;
  /** What the newest commit did. */
  last: { readonly received: boolean; readonly sealed: boolean };
  /** Envelopes whose chain it does not know yet. */
  readonly heldBack: Set<string>;
};

export type WitnessOptions = Omit<RelayWatchOptions, "isCommitted">;

/** Up is from a device to the relay. */
export type Passage = "sent up" | "arrived up" | "sent down" | "arrived down";

export class Witness {
  readonly relay: RelayWatch;
  readonly #options: WitnessOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #whoByDevice = new Map<string, string>();
  readonly #whoByMailbox = new Map<string, string>();
  /** Entries as their authors committed them: what they hash to, by place. */
  readonly #written = new Map<string, string>();
  readonly #writerByText = new Map<string, string>();
  /** Places of the entries that an envelope was made for, and back. */
  readonly #envelopesByPlace = new Map<string, Set<string>>();
  readonly #envelopeByKey = new Map<string, string>();
  #activity = 0;

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.relay = new RelayWatch({
      ...options,
      isCommitted: (mailbox, envelope) => {
        const who = this.#whoByMailbox.get(mailbox);
        return who !== undefined && this.#seenOf(who).envelopes.has(envelope);
      },
    });
  }

  /** How often something was on its way, ever: a quiet world adds nothing. */
  get activity(): number {
    return this.#activity;
  }

  /** Empty before they started. */
  accountOf(who: string): string {
    return this.#seenOf(who).account;
  }

  outboxOf(who: string): readonly OutboxRow[] {
    return [...this.#seenOf(who).outbox.values()];
  }

  /** How many envelopes cannot be opened there yet. */
  holdsBack(who: string): number {
    return this.#seenOf(who).heldBack.size;
  }

  /** Changes that were committed together. `isNew` false: they are read from an older world. */
  committed(who: string, changes: readonly Change[], isNew = true): void {
    const seen = this.#seenOf(who);
    if (isNew && changes.some((it) => MOVING.has(it.table))) this.#activity += 1;
    for (const change of changes) this.#take(seen, change, isNew);
    seen.last = {
      received: changes.some((it) => it.table === "seen" && it.row !== undefined),
      sealed: changes.some((it) => it.table === "ownChains" && it.row !== undefined),
    };
    if (isNew) this.#boundsOf(seen);
  }

  /** One frame, as it is sent or as it arrives. */
  frame(who: string, connection: string, passage: Passage, frame: Frame): void {
    if (frame.type === "put" || frame.type === "msg") this.#activity += 1;
    if (passage === "sent up" || passage === "arrived down") {
      if (frame.type === "msg" && !frame.isSlot) this.#again(who, frame);
    } else if (passage === "arrived up") this.relay.received(connection, frame);
    else this.relay.sent(connection, frame);
  }

  died(who: string, moment: Moment | "now"): void {
    const { last } = this.#seenOf(who);
    const { happened } = this.#options;
    if (moment === "beforeReceive") happened("a device dies while it receives");
    if (moment !== "afterCommit") return;
    if (last.received) happened("a device dies between commit and acknowledgement");
    if (last.sealed) happened("a device dies between sealing and sending");
  }

  #again(who: string, { envelope }: MsgFrame): void {
    if (!this.#seenOf(who).envelopes.has(toHex(envelope))) return;
    this.#options.happened("a message comes again after it was committed");
  }

  #take(seen: Seen, change: Change, isNew: boolean): void {
    const { table, row } = change;
    switch (table) {
      case "meta":
        if (row?.k === "self") this.#takeSelf(seen, row.v as Self);
        return;
      case "mailboxes":
        if (row !== undefined && row.mailbox !== "") {
          seen.mailbox = this.#learn(this.#whoByMailbox, row.mailbox, seen);
        }
        return;
      case "seen":
        if (row !== undefined) seen.envelopes.add(row.id);
        return;
      case "held":
        if (row !== undefined && isNew) this.#options.happened("an envelope waits for its chain");
        if (row !== undefined) seen.heldBack.add(row.env);
        else if (change.before !== undefined) seen.heldBack.delete(change.before.env);
        return;
      case "ownChains":
        if (row !== undefined) seen.headerKeys.set(toHex(row.state.tag), row.state.headerKey);
        return;
      case "logs":
        if (row?.a !== undefined) seen.logs.set(row.a, row);
        if (row !== undefined && isNew) this.#checkLog(seen, row);
        if (row !== undefined && isNew && row.known.ranges.length > 0) {
          this.#options.happened("a log has a hole");
        }
        return;
      case "entries":
        if (row !== undefined) this.#takeEntry(seen, row);
        return;
      case "cursors":
        if (row !== undefined && isNew) this.#checkCursor(seen, row);
        return;
      case "outbox":
        this.#takeOutbox(seen, change, isNew);
        return;
      case "aggregates":
      case "channels":
      case "chatMarks":
      case "contacts":
      case "devices":
      case "expiry":
      case "forks":
      case "healed":
      case "invites":
      case "media":
      case "peerChains":
      case "prekeys":
      case "rosterOps":
      case "rosters":
      case "sessions":
      case "tokens":
      case "ydocs":
      case "yups":
        return;
      default:
        unreachable(table);
    }
  }

  #takeSelf(seen: Seen, self: Self): void {
    seen.device = this.#learn(this.#whoByDevice, self.device, seen);
    seen.account = self.account;
    const incarnation = toHex(self.incarnation);
    if (seen.incarnation !== "" && seen.incarnation !== incarnation) {
      this.#fail(
        `[INV5] ${seen.who} was made to believe that their storage is older than their log`,
      );
    }
    seen.incarnation = incarnation;
  }

  #learn(names: Map<string, string>, id: string, { who }: Seen): string {
    names.set(id, who);
    return id;
  }

  #takeEntry(seen: Seen, row: EntryRow): void {
    const log = seen.logs.get(row.a)?.log ?? "";
    const place = placeOf(log, row.s);
    const hash = toHex(row.hash);
    if (row.own) this.#takeOwn(seen, place, hash, row);
    else if (this.#written.get(place) !== hash) {
      this.#fail(`[INV5] ${seen.who} took ${place}, which its author never wrote: ${row.text}`);
    }
    const shown = seen.shown.get(row.text);
    // What was deleted has no words.
    const isSaid = row.shown === 1 && row.text !== "";
    if (isSaid && shown !== undefined && shown !== row.id) {
      this.#fail(`[INV4] ${seen.who} shows "${row.text}" twice`);
    }
    if (isSaid) seen.shown.set(row.text, row.id);
    seen.held.set(place, hash);
  }

  #takeOwn(seen: Seen, place: string, hash: string, row: EntryRow): void {
    const before = this.#written.get(place);
    if (before !== undefined && before !== hash) {
      this.#fail(`[INV3] ${seen.who} used the number of ${place} twice`);
    }
    this.#written.set(place, hash);
    const isSaid = row.shown === 1 && row.text !== "";
    const writer = this.#writerByText.get(row.text);
    if (isSaid && writer !== undefined && writer !== seen.who) {
      this.#fail(`[INV5] ${seen.who} has "${row.text}" of ${writer} as their own`);
    }
    if (isSaid) this.#writerByText.set(row.text, seen.who);
  }

  /** "Sent" is what a relay confirmed. */
  #checkLog(seen: Seen, row: LogRow): void {
    if (!row.own) return;
    for (const seq of seqsOf(row.sent)) {
      const envelopes = this.#envelopesByPlace.get(placeOf(row.log, seq));
      if (envelopes === undefined) continue;
      if (![...envelopes].some((it) => this.relay.hasAnswered(it))) {
        this.#fail(
          `[INV6] ${seen.who} shows ${placeOf(row.log, seq)} as sent, no relay has said so`,
        );
      }
    }
  }

  /** A receipt claims what its device holds and its person has read, and nothing more. */
  #checkCursor(seen: Seen, row: CursorRow): void {
    const who = this.#whoByDevice.get(row.device);
    if (who === undefined) return this.#fail(`[INV6] ${seen.who} has a receipt of nobody`);
    const theirs = this.#seenOf(who);
    for (const { log, known } of row.delivered) {
      for (const seq of seqsOf(known)) {
        if (theirs.held.has(placeOf(log, seq))) continue;
        this.#fail(
          `[INV6] ${seen.who} shows ${placeOf(log, seq)} as delivered to ${who}, who lacks it`,
        );
      }
    }
    for (const { log, known } of row.read) {
      const read = [...theirs.logs.values()].find((it) => it.log === log)?.read ?? KNOWN_NOTHING;
      if (!coversKnown(read, known)) {
        this.#fail(
          `[INV6] ${seen.who} shows entries of ${short(log)} as read that ${who} has not read`,
        );
      }
    }
  }

  #takeOutbox(seen: Seen, { row, before }: Change, isNew: boolean): void {
    const now = row as OutboxRow | undefined;
    if (now?.n !== undefined) {
      seen.outbox.set(now.n, now);
      const log = seen.logs.get(now.a)?.log;
      if (now.what === "entry" && now.env !== "" && log !== undefined) {
        const place = placeOf(log, now.s);
        const envelopes = this.#envelopesByPlace.get(place) ?? new Set();
        this.#envelopesByPlace.set(place, envelopes.add(now.env));
        if (now.body !== null) this.#checkKey(seen, now.body, now.env);
      }
      if (isNew) this.#checkTargets(seen, now);
    }
    const gone = before as OutboxRow | undefined;
    if (gone?.n === undefined) return;
    seen.outbox.delete(gone.n);
    if (gone.what !== "entry") return;
    const place = placeOf(seen.logs.get(gone.a)?.log ?? "", gone.s);
    for (const { device } of gone.targets) {
      const who = this.#whoByDevice.get(device) ?? "";
      if (this.#seenOf(who).held.has(place)) continue;
      this.#fail(`[INV7] ${seen.who} forgot to deliver ${place} to ${who}`);
    }
  }

  /** Each message of a chain has a number of its own, and with it a key of its own. */
  #checkKey(seen: Seen, body: Uint8Array, env: string): void {
    const message = body.subarray(1);
    const tag = toHex(message.subarray(0, MESSAGE_ID_BYTES));
    const headerKey = seen.headerKeys.get(tag);
    if (headerKey === undefined) return;
    const masked = message.subarray(MESSAGE_ID_BYTES, SEALED_AT);
    const mask = kdf(4, headerKey, "mask", message.subarray(SEALED_AT, SEALED_AT + NONCE_BYTES));
    const key = `${tag} ${masked.map((byte, i) => byte ^ (mask[i] ?? 0)).join(".")}`;
    const before = this.#envelopeByKey.get(key);
    if (before !== undefined && before !== env) {
      this.#fail(`[INV9] ${seen.who} sealed ${short(before)} and ${short(env)} with one key`);
    }
    this.#envelopeByKey.set(key, env);
  }

  #checkTargets(seen: Seen, row: OutboxRow): void {
    for (const target of row.targets) {
      if (target.state !== "stored" || this.relay.hasAnswered(row.env)) continue;
      if (row.env !== "")
        this.#fail(`[INV6] ${seen.who} believes ${short(row.env)} stored, no relay said so`);
    }
  }

  #boundsOf(seen: Seen): void {
    const control = [...seen.outbox.values()].filter((it) => it.what === "control").length;
    if (control > CONTROL_ROWS_MAX)
      this.#fail(`[INV8] ${seen.who} has ${control} control messages`);
    const { size } = seen.heldBack;
    if (size > HELD_ROWS_MAX) this.#fail(`[INV8] ${seen.who} holds ${size} envelopes back`);
  }

  #seenOf(who: string): Seen {
    const known = this.#seen.get(who);
    if (known !== undefined) return known;
    const seen: Seen = {
      who,
      device: "",
      account: "",
      incarnation: "",
      mailbox: "",
      held: new Map(),
      envelopes: new Set(),
      logs: new Map(),
      shown: new Map(),
      outbox: new Map(),
      headerKeys: new Map(),
      last: { received: false, sealed: false },
      heldBack: new Set(),
    };
    this.#seen.set(who, seen);
    return seen;
  }

  #fail(what: string): void {
    this.#options.fail(what);
  }
}

function* seqsOf({ floor, ranges }: Known): Generator<number> {
  for (let seq = 1; seq <= floor; seq += 1) yield seq;
  for (const [from, to] of ranges) for (let seq = from; seq <= to; seq += 1) yield seq;
}

const short = (id: string): string => id.slice(0, 8);
