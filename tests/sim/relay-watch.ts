/** What a relay said it keeps, held against its disk and against what devices have committed. */
import { toHex } from "../../crypto/base/hex.ts";
import type { Frame } from "../../sync/wire/frames.ts";
import type { OkFrame } from "../../sync/wire/ok-frame.ts";
import type { PutFrame } from "../../sync/wire/put-frame.ts";

/** Ids are hex. */
export type RelayWatchOptions = {
  readonly fail: (what: string) => void;
  /** Nothing is promised by one that lies; what it said is noted all the same. */
  readonly isRelayHonest: boolean;
  readonly happened: (situation: string) => void;
  /** The envelope waits in that mailbox, synced. */
  readonly isDurable: (mailbox: string, envelope: string) => boolean;
  /** The mailbox's device has dealt with the envelope, and committed that. */
  readonly isCommitted: (mailbox: string, envelope: string) => boolean;
  /** It adds what it says that it keeps. */
  readonly answered: Answered;
};

/** Of each envelope, for which mailboxes any relay ever said that it keeps it. */
export type Answered = Map<string, Set<string>>;

export class RelayWatch {
  readonly #options: RelayWatchOptions;
  /** What it said it keeps and did not lose by a wipe; by mailbox. Slots are replaced, so not they. */
  readonly #promised = new Map<string, Set<string>>();
  /** PUTs that arrived there, by connection and request. */
  readonly #puts = new Map<string, PutFrame>();

  constructor(options: RelayWatchOptions) {
    this.#options = options;
  }

  /** A frame that arrived at the relay. */
  received(connection: number, frame: Frame): void {
    if (frame.type === "put") this.#puts.set(`${connection} ${frame.request}`, frame);
  }

  /** A frame that the relay sends. */
  sent(connection: number, frame: Frame): void {
    const put = frame.type === "ok" ? this.#puts.get(`${connection} ${frame.request}`) : undefined;
    if (frame.type === "ok" && put !== undefined) this.#answer(put, frame);
  }

  /** An acknowledgement took the envelope from it. */
  removed(mailbox: string, envelope: string): void {
    if (!this.#options.isRelayHonest) return;
    if (this.#options.isCommitted(mailbox, envelope)) return;
    this.#options.fail(`[INV2] the relay let go of ${short(envelope)}, which nobody has committed`);
  }

  /** It is up again after a crash: what it promised is still there. */
  restarted(): void {
    for (const [mailbox, envelopes] of this.#promised) {
      for (const envelope of envelopes) this.#check(mailbox, envelope, "after its crash");
    }
  }

  wiped(): void {
    this.#promised.clear();
  }

  #answer(put: PutFrame, { statuses }: OkFrame): void {
    const envelope = toHex(put.envelope);
    for (const [i, { status }] of statuses.entries()) {
      const target = put.targets[i];
      if (status === "duplicate") this.#options.happened("a relay is asked to keep what it keeps");
      if ((status !== "stored" && status !== "duplicate") || target === undefined) continue;
      const mailbox = toHex(target.mailbox);
      const { answered } = this.#options;
      answered.set(envelope, (answered.get(envelope) ?? new Set()).add(mailbox));
      if (put.slot !== null || !this.#options.isRelayHonest) continue;
      const promised = this.#promised.get(mailbox) ?? new Set();
      this.#promised.set(mailbox, promised.add(envelope));
      this.#check(mailbox, envelope, "as it said OK");
    }
  }

  #check(mailbox: string, envelope: string, when: string): void {
    if (this.#options.isCommitted(mailbox, envelope)) {
      this.#promised.get(mailbox)?.delete(envelope);
    } else if (!this.#options.isDurable(mailbox, envelope)) {
      this.#options.fail(`[INV1] the relay keeps ${short(envelope)} not durably, ${when}`);
    }
  }
}

const short = (id: string): string => id.slice(0, 8);
