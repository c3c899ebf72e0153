/**
 * Sees every commit of every device, every frame and the relay's disk, and says when a promise of
 * docs/protocol/simulator.md is broken. Everything here is held against the whole truth, which no
 * device has.
 */
import { unreachable } from "../../crypto/base/assert.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { liveTagOf } from "../../crypto/chain/live.ts";
import { MESSAGE_ID_BYTES } from "../../crypto/envelope.ts";
import type { Self } from "../../sync/account/self.ts";
import type { Ends } from "../../sync/devices/closed.ts";
import type { RosterOpRow } from "../../sync/group/rows.ts";
import { hasKnown, type Known, KNOWN_NOTHING } from "../../sync/log/known.ts";
import type { ChannelKind, EntryRow, LogRow, OutboxRow } from "../../sync/store/rows.ts";
import type { Frame } from "../../sync/wire/frames.ts";
import { Comings } from "./comings.ts";
import type { Change } from "./device-store.ts";
import { KeyWatch } from "./key-watch.ts";
import { type Evicted, Movement } from "./movement.ts";
import { forgottenIn, mayHaveGoneIn, overfullIn, wentIn } from "./outbox-watch.ts";
import type { Moment } from "./person.ts";
import { seqsOf, untrueIn } from "./receipt-watch.ts";
import type { Answered } from "./relay-watch.ts";
import type { Seen } from "./seen.ts";
import { isLostAmong, mailboxLeft, membersIn, nothingSeen, placeOf, putBackSeen } from "./seen.ts";

/** Of an envelope: a byte for the suite, and its tag. */
const TAG_ENDS_AT = 1 + MESSAGE_ID_BYTES;

export type WitnessOptions = {
  readonly fail: (what: string) => void;
  readonly happened: (situation: string) => void;
  readonly answered: Answered;
  /** Does that device sign two entries of one number? */
  readonly isLiar: (who: string) => boolean;
};

/** Up is from a device to the relay. */
export type Passage = "sent up" | "arrived up" | "sent down" | "arrived down";

/** `before`: what was shown as sent until then. */
type LogNow = { readonly row: LogRow; readonly before: Known };

export class Witness {
  readonly #options: WitnessOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #whoByDevice = new Map<string, string>();
  readonly #whoByMailbox = new Map<string, string>();
  /** Entries as their authors committed them: what they hash to, by place. */
  readonly #written = new Map<string, string>();
  readonly #writerByText = new Map<string, string>();
  /** Places of the entries that an envelope was made for, and back. */
  readonly #envelopesByPlace = new Map<string, Set<string>>();
  readonly #forks = new Set<string>();
  /** Tags of live keys, and envelopes that came under one. */
  readonly #liveTags = new Set<string>();
  readonly #live = new Set<string>();
  readonly #comings = new Comings();
  /** Of the commit that is looked at. */
  readonly #logsNow: LogNow[] = [];
  /** How many there were. */
  commits = 0;
  readonly #keys: KeyWatch;
  readonly #movement = new Movement();

  constructor(options: WitnessOptions) {
    this.#options = options;
    const { fail, happened, isLiar } = options;
    this.#keys = new KeyWatch({ fail, happened, isLiar, everybody: () => this.#seen.values() });
  }

  /** How often something was on its way, ever: a quiet world adds nothing. */
  get activity(): number {
    return this.#movement.count;
  }

  /** Empty before they started. */
  readonly accountOf = (who: string): string => this.#seenOf(who).account;

  readonly deviceOf = (who: string): string => this.#seenOf(who).device;

  /** The mailbox's device has dealt with it. What comes under a live key may come again. */
  readonly isCommitted = (mailbox: string, envelope: string): boolean => {
    if (this.#live.has(envelope)) return true;
    const who = this.#whoByMailbox.get(mailbox);
    return who !== undefined && this.#seenOf(who).envelopes.has(envelope);
  };

  readonly kindOf = (who: string, c: number): ChannelKind | undefined =>
    this.#seenOf(who).channels.get(c)?.kind;

  readonly mailboxLeftBy = (who: string): string => mailboxLeft(this.#seenOf(who));
  readonly whoHas = (device: string): string | undefined => this.#whoByDevice.get(device);

  /** Was anybody's word that this account is out of the group, or in again? */
  readonly cameOrWent = (group: string, account: string): boolean =>
    this.#comings.cameOrWent(group, account);

  /** Places of the entries that it has. */
  readonly heldBy = (who: string): ReadonlySet<string> => new Set(this.#seenOf(who).held.keys());

  readonly outboxOf = (who: string): readonly OutboxRow[] => [...this.#seenOf(who).outbox.values()];

  /** How many envelopes cannot be opened there yet. */
  readonly holdsBack = (who: string): number => this.#seenOf(who).heldBack.size;

  /** Is something missed that nobody has who can be asked? */
  readonly isAnythingLost = (): boolean => isLostAmong(this.#seen.values());

  /** Changes that were committed together. `isNew` false: they are read from an older world. */
  committed(who: string, changes: readonly Change[], isNew = true): void {
    const seen = this.#seenOf(who);
    this.commits += 1;
    if (isNew) this.#movement.committed(changes);
    for (const change of changes) this.#take(seen, change, isNew);
    // What somebody may read says the whole of the commit.
    const [went, gone] = [wentIn(seen, changes), mayHaveGoneIn(seen, changes)];
    for (const change of changes) {
      this.#failIf(forgottenIn(seen, change, gone, this.#ofDevice));
      if (change.table !== "entries" || change.row === undefined) continue;
      this.#checkKeys(seen, change.row, went);
    }
    for (const now of this.#logsNow.splice(0)) this.#checkLog(seen, now);
    seen.last = {
      received: changes.some((it) => it.table === "seen" && it.row !== undefined),
      sealed: changes.some((it) => it.table === "ownChains" && it.row !== undefined),
    };
    if (isNew) this.#failIf(overfullIn(seen, this.#ofDevice));
  }

  /** An old copy of its disk is what it has from now on. */
  putBack(who: string, changes: readonly Change[]): void {
    this.#seen.set(who, putBackSeen(this.#seenOf(who)));
    this.committed(who, changes, false);
    this.#seenOf(who).isPutBack = true;
  }

  /** Its storage is gone: another device takes its place, and what it was stays true of it. */
  evicted(who: string): Evicted {
    const gone = { ...this.#seenOf(who), who: `${who}, evicted` };
    this.#seen.set(gone.who, gone);
    this.#seen.set(who, nothingSeen(who));
    this.#learn(this.#whoByDevice, gone.device, gone);
    this.#learn(this.#whoByMailbox, gone.mailbox, gone);
    this.#movement.evicted(gone);
    return gone;
  }

  /** One frame, as it is sent or as it arrives. */
  frame(who: string, passage: Passage, frame: Frame): void {
    this.#movement.passed(frame);
    if (frame.type === "put" && this.#liveTags.has(toHex(frame.body.subarray(1, TAG_ENDS_AT)))) {
      this.#live.add(toHex(frame.envelope));
    }
    if (passage === "arrived down") this.#again(who, frame);
  }

  died(who: string, moment: Moment | "now"): void {
    const [{ last }, { happened }] = [this.#seenOf(who), this.#options];
    if (moment === "beforeReceive") happened("a device dies while it receives");
    if (moment !== "afterCommit") return;
    if (last.received) happened("a device dies between commit and acknowledgement");
    if (last.sealed) happened("a device dies between sealing and sending");
  }

  #again(who: string, frame: Frame): void {
    if (frame.type !== "msg" || frame.isSlot) return;
    if (!this.#seenOf(who).envelopes.has(toHex(frame.envelope))) return;
    this.#options.happened("a message comes again after it was committed");
  }

  #take(seen: Seen, change: Change, isNew: boolean): void {
    const { table, row } = change;
    switch (table) {
      case "meta":
        if (row?.k === "self") this.#takeSelf(seen, row.v as Self);
        if (row?.k === "closedLogs") {
          seen.ends = row.v as Ends;
          this.#keys.closed(seen.ends);
        }
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
        if (row !== undefined) seen.chains.set(toHex(row.state.tag), row);
        if (row !== undefined) this.#liveTags.add(toHex(liveTagOf(row.state)));
        return;
      case "peerChains":
        if (row !== undefined) seen.handed.add(toHex(row.state.tag));
        return;
      case "channels":
        if (row?.c !== undefined) seen.channels.set(row.c, row);
        return;
      case "rosters":
        if (row !== undefined) seen.rosters.set(row.c, row);
        return;
      case "rosterOps":
        if (row !== undefined) this.#takeOp(seen, row);
        return;
      case "contacts":
        if (row !== undefined) seen.contacts.set(row.account, row);
        return;
      case "logs":
        if (row !== undefined && isNew) {
          this.#logsNow.push({ row, before: seen.logs.get(row.a ?? 0)?.sent ?? KNOWN_NOTHING });
        }
        if (row?.a !== undefined) seen.logs.set(row.a, row);
        if (row !== undefined && isNew && row.known.ranges.length > 0) {
          this.#options.happened("a log has a hole");
        }
        return;
      case "entries":
        if (row !== undefined) this.#takeEntry(seen, row);
        return;
      case "cursors":
        if (row !== undefined && isNew) this.#failIf(untrueIn(seen, row, this.#knownDevice));
        return;
      case "outbox":
        this.#takeOutbox(seen, change, isNew);
        return;
      case "aggregates":
      case "chatMarks":
      case "devices":
      case "expiry":
      case "forks":
      case "healed":
      case "invites":
      case "media":
      case "prekeys":
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
    const isRenewed = seen.incarnation !== "" && seen.incarnation !== incarnation;
    // Of whoever forks their own log others have indeed more than they.
    if (isRenewed && !seen.isPutBack && !this.#options.isLiar(seen.who)) {
      this.#fail(
        `[INV5] ${seen.who} was made to believe that their storage is older than their log`,
      );
    }
    if (isRenewed && seen.isPutBack) {
      this.#options.happened("a device finds that its disk was put back");
      seen.isPutBack = false;
    }
    seen.incarnation = incarnation;
  }

  #learn(names: Map<string, string>, id: string, { who }: Seen): string {
    names.set(id, who);
    return id;
  }

  #takeEntry(seen: Seen, row: EntryRow): void {
    const { log = "", own = false } = seen.logs.get(row.a) ?? {};
    const place = placeOf(log, row.s);
    const hash = toHex(row.hash);
    if (own) this.#takeOwn(seen, place, hash, row);
    else if (this.#written.get(place) !== hash && !this.#forks.has(`${place} ${hash}`)) {
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
    seen.kinds.set(place, row.kind);
    if (row.counts === "no") seen.unheard.add(place);
    else seen.unheard.delete(place);
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

  /** Somebody signed two entries for one number: this is the other one. */
  forked(log: string, seq: number, hash: string): void {
    this.#forks.add(`${placeOf(log, seq)} ${hash}`);
  }

  #takeOp(seen: Seen, row: RosterOpRow): void {
    const { c, a, op } = row;
    seen.ops.set(op.id, row);
    const group = seen.channels.get(c)?.id;
    if (group === undefined) return;
    this.#keys.opTaken(seen, group, op);
    if (seen.logs.get(a)?.own === true) this.#comings.said(group, op, this.commits);
  }

  #checkKeys(seen: Seen, row: EntryRow, went: ReadonlySet<string>): void {
    const { log = "", own = false } = seen.logs.get(row.a) ?? {};
    if (own) this.#keys.written(seen, row, log, went);
    else this.#keys.taken(seen, placeOf(log, row.s));
  }

  /** "Sent" is what a relay confirmed; one's own devices are not waited for, nor who comes later. */
  #checkLog(seen: Seen, { row, before }: LogNow): void {
    if (!row.own || membersIn(seen, row.c).length < 2) return;
    for (const seq of seqsOf(row.sent)) {
      const place = placeOf(row.log, seq);
      // A log's first entry is shown to nobody.
      if (seq === 1 || hasKnown(before, seq) || this.#keys.wasForNobody(place, this.cameOrWent))
        continue;
      const envelopes = this.#envelopesByPlace.get(place);
      if (envelopes === undefined || this.#isWithOthers(seen, place)) continue;
      if (![...envelopes].some((it) => this.#options.answered.has(it))) {
        this.#fail(`[INV6] ${seen.who} shows ${place} as sent, no relay has said so`);
      }
    }
  }

  /** What somebody else holds was sent, though its first copy may never have been confirmed. */
  #isWithOthers({ account }: Seen, place: string): boolean {
    return [...this.#seen.values()].some((it) => it.account !== account && it.held.has(place));
  }

  #takeOutbox(seen: Seen, { row, before }: Change, isNew: boolean): void {
    const now = row as OutboxRow | undefined;
    if (now?.n !== undefined) {
      if (isNew) this.#checkTargets(seen, now, seen.outbox.get(now.n));
      seen.outbox.set(now.n, now);
      const log = seen.logs.get(now.a)?.log;
      if (now.what === "entry" && now.env !== "" && log !== undefined) {
        const place = placeOf(log, now.s);
        const envelopes = this.#envelopesByPlace.get(place) ?? new Set();
        if (now.body !== null && !envelopes.has(now.env)) {
          this.#keys.sealed(seen, now.c, seen.kinds.get(place) ?? 0, now.body, now.env);
        }
        this.#envelopesByPlace.set(place, envelopes.add(now.env));
      }
    }
    const gone = before as OutboxRow | undefined;
    if (gone?.n !== undefined) seen.outbox.delete(gone.n);
  }

  #checkTargets(seen: Seen, row: OutboxRow, before: OutboxRow | undefined): void {
    if (row.env === "" || before?.env !== row.env) return;
    const mailboxes = [...(this.#options.answered.get(row.env) ?? [])];
    for (const { device, state } of row.targets) {
      // It may have been stored under an earlier envelope.
      const was = before.targets.find((it) => it.device === device);
      if (state !== "stored" || was?.state === "stored") continue;
      const { who } = this.#ofDevice(device);
      if (mailboxes.some((it) => this.#whoByMailbox.get(it) === who)) continue;
      this.#fail(`[INV6] ${seen.who} believes ${row.env.slice(0, 8)} stored for ${who}: no relay`);
    }
  }

  #seenOf(who: string): Seen {
    const seen = this.#seen.get(who) ?? nothingSeen(who);
    this.#seen.set(who, seen);
    return seen;
  }

  readonly #knownDevice = (device: string): Seen | undefined => {
    const who = this.#whoByDevice.get(device);
    return who === undefined ? undefined : this.#seenOf(who);
  };

  readonly #ofDevice = (device: string): Seen => this.#seenOf(this.#whoByDevice.get(device) ?? "");

  readonly #fail = (what: string): void => this.#options.fail(what);
  #failIf(what: string | null): void {
    if (what !== null) this.#fail(what);
  }
}
