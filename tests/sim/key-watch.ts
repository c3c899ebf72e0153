/**
 * Who could open what is sealed: each number of a chain is used once, and whoever holds a chain under which
 * something new is sealed is one of those who may read it.
 */
import { toHex } from "../../crypto/base/hex.ts";
import { MESSAGE_ID_BYTES } from "../../crypto/envelope.ts";
import { kdf } from "../../crypto/kdf.ts";
import { NONCE_BYTES } from "../../crypto/xchacha.ts";
import type { Ends } from "../../sync/devices/closed.ts";
import { isRoster, KINDS } from "../../sync/entry/kinds.ts";
import type { RosterOp } from "../../sync/roster/ops.ts";
import { resolve } from "../../sync/roster/resolve.ts";
import { NO_EVIDENCE } from "../../sync/roster/trial.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import { goneKey } from "./outbox-watch.ts";
import { mayRead, membersIn, placeOf, type Seen } from "./seen.ts";

/** Of a chain message: crypto/chain/sender-chain.ts. */
const SEALED_AT = MESSAGE_ID_BYTES + 4;

export type KeyWatchOptions = {
  readonly fail: (what: string) => void;
  readonly happened: (situation: string) => void;
  readonly everybody: () => Iterable<Seen>;
  /** Does that device sign two entries of one number? */
  readonly isLiar: (who: string) => boolean;
};

/** What an author wrote in a group, and for whom. */
type Written = {
  readonly author: string;
  /** What such a one knows of the roster stands behind their fork, where nobody follows. */
  readonly isLiars: boolean;
  readonly group: string;
  /** With whom they put out by it, or heard of as gone in the same commit. */
  readonly members: readonly string[];
  /** Whoever goes by an op, or went before, may hold it. */
  readonly isOp: boolean;
  /** Where a log ends in which they read that they are out, who is out is told ([OD20]). */
  readonly isClosing: boolean;
  /** Ops of the group that were on the author's device. */
  readonly known: readonly RosterOp[];
};

export class KeyWatch {
  readonly #options: KeyWatchOptions;
  readonly #envelopeByKey = new Map<string, string>();
  readonly #writtenByPlace = new Map<string, Written>();
  /** By group: everybody's ops; and those of each device, which has no others once it lost its storage. */
  readonly #ops = new Map<string, Map<string, RosterOp>>();
  readonly #opsOf = new WeakMap<Seen, Map<string, readonly RosterOp[]>>();
  /** Where logs of devices that were put out end, by whoever was told: ops behind that are void. */
  readonly #closedAfter = new Map<string, number>();

  constructor(options: KeyWatchOptions) {
    this.#options = options;
  }

  /** An entry was sealed for the first time under this envelope. `kind`: of the entry. */
  sealed(seen: Seen, c: number, kind: number, body: Uint8Array, env: string): void {
    const message = body.subarray(1);
    const tag = toHex(message.subarray(0, MESSAGE_ID_BYTES));
    const chain = seen.chains.get(tag);
    if (chain === undefined) return;
    this.#checkNumber(seen, tag, chain.state.headerKey, message, env);
    // An op is for those whom it puts out, too: they are to know.
    if (!isRoster(kind)) this.#checkHolders(seen, c, tag, chain.holders);
  }

  #checkNumber(
    seen: Seen,
    tag: string,
    headerKey: Uint8Array,
    message: Uint8Array,
    env: string,
  ): void {
    const masked = message.subarray(MESSAGE_ID_BYTES, SEALED_AT);
    const mask = kdf(4, headerKey, "mask", message.subarray(SEALED_AT, SEALED_AT + NONCE_BYTES));
    const key = `${tag} ${masked.map((byte, i) => byte ^ (mask[i] ?? 0)).join(".")}`;
    const before = this.#envelopeByKey.get(key);
    if (before !== undefined && before !== env) {
      this.#options.fail(
        `[INV9] ${seen.who} sealed ${before.slice(0, 8)} and ${env.slice(0, 8)} with one key`,
      );
    }
    this.#envelopeByKey.set(key, env);
  }

  #checkHolders(seen: Seen, c: number, tag: string, handed: readonly string[]): void {
    for (const other of this.#options.everybody()) {
      if (other === seen || other.device === "") continue;
      if (!other.handed.has(tag) && !handed.includes(other.device)) continue;
      if (mayRead(seen, c, other.account, other.device)) continue;
      // What one said before leaving is for one's other devices, too.
      if (seen.contacts.get(seen.account)?.live.includes(other.device) === true) continue;
      this.#options.fail(
        `[INV17] ${seen.who} sealed for channel ${c}, and ${other.who} has the key, who may not read`,
      );
    }
  }

  /** A device has worked out where these logs end. */
  closed(ends: Ends): void {
    for (const [log, { seq }] of Object.entries(ends)) this.#closedAfter.set(log, seq);
  }

  /** A device has this op from now on. */
  opTaken(seen: Seen, group: string, op: RosterOp): void {
    const all = this.#ops.get(group) ?? new Map<string, RosterOp>();
    this.#ops.set(group, all.set(op.id, op));
    const here = this.#opsOf.get(seen) ?? new Map<string, readonly RosterOp[]>();
    this.#opsOf.set(seen, here.set(group, [...(here.get(group) ?? []), op]));
  }

  /** An entry was committed by its author. `went`: who went with that commit, perhaps behind it, by `goneKey`. */
  written(
    seen: Seen,
    { c, s: seq, kind }: Pick<EntryRow, "c" | "s" | "kind">,
    log: string,
    went: ReadonlySet<string>,
  ): void {
    const channel = seen.channels.get(c);
    const isJudgedAnew = this.#writtenByPlace.has(placeOf(log, seq));
    if (channel?.kind !== "group" || isJudgedAnew) return;
    const known = this.#opsOf.get(seen)?.get(channel.id) ?? [];
    const others = [...seen.contacts.keys()].filter((it) => went.has(goneKey(c, it)));
    this.#writtenByPlace.set(placeOf(log, seq), {
      author: seen.account,
      isLiars: this.#options.isLiar(seen.who),
      group: channel.id,
      members: [...membersIn(seen, c), ...others],
      isOp: isRoster(kind),
      isClosing: kind === KINDS.logClose.number,
      known,
    });
  }

  /**
   * Of an entry of a group: was there nobody else in it when its author wrote it, but those who `moved` since? What
   * waits for whoever goes is dropped, also when they come back ([GP12]), but ops.
   */
  wasForNobody(place: string, moved: (group: string, account: string) => boolean): boolean {
    const written = this.#writtenByPlace.get(place);
    if (written === undefined) return false;
    const { author, group, members, isOp } = written;
    return members.every((it) => it === author || (!isOp && moved(group, it)));
  }

  /** Somebody else holds it: they were meant, or were let in since. */
  taken(seen: Seen, place: string): void {
    const written = this.#writtenByPlace.get(place);
    if (written === undefined || written.isOp || written.isClosing) return;
    if (written.author === seen.account) return;
    if (written.members.includes(seen.account) || written.isLiars) return;
    const { known } = written;
    const all = [...(this.#ops.get(written.group)?.values() ?? [])];
    const { former, ledger } = resolve(known);
    // What waited for others told its author nothing yet.
    const weighed = known.filter((it) => !ledger.graph.waiting.includes(it));
    if (addsOf(all, seen.account) > addsOf(weighed, seen.account)) return;
    // What their author took for their end does not count.
    const end = former.get(seen.account)?.op;
    const evidence = { ...NO_EVIDENCE, closedAfter: this.#closedAfter };
    if (end !== undefined && resolve(all, evidence).voids.has(end)) return;
    this.#options.fail(`[INV18] ${seen.who} holds ${place}, written when they were out`);
  }
}

const addsOf = (ops: readonly RosterOp[], account: string): number =>
  new Set(ops.flatMap(({ act, id }) => (act.type === "add" && act.account === account ? [id] : [])))
    .size;
