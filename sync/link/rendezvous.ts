/**
 * Where two devices that link meet: records at addresses that follow from the code's secret, left at
 * the relay by one and fetched by the other. All of it ends with the code, and earlier when `end` is
 * called. docs/protocol/linking.md, rules [LK1] to [LK4] and [LK17].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { isLinkExpired, LINK_LIFE_S, type LinkCode } from "../../crypto/link/code.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import { forgetRegistration } from "../account/mailboxes.ts";
import { registeredHome, type UpkeepDeps } from "../account/upkeep.ts";
import type { Timers } from "../clock/timers.ts";
import {
  isProblem,
  openRelayHttp,
  type RelayError,
  type RelayHttp,
} from "../session/relay-http.ts";
import { ID_BYTES, idOf } from "../wire/ids.ts";
import type { LinkError } from "./progress.ts";

/** Between two looks at the relay. */
export const LINK_POLL_MS = 1_000;
/** A clock that stands still ends no code: this does. */
const POLLS_MAX = (LINK_LIFE_S * 1_000) / LINK_POLL_MS;
/** A hello stays so long: whoever waits for it has seen it, and then sees that it is gone. */
const HELLO_STAYS_MS = 3 * LINK_POLL_MS;
/** How often a record is put before the relay counts as unreachable. */
const PUT_TRIES_MAX = 3;
const NO_RECORD = new Uint8Array(0);

type Settled = Result<void, LinkError>;
/** Undefined or false: not yet. */
type Verdict = LinkError | boolean | undefined;

/**
 * Whoever shows `voucher` may register. `stays`: it is not taken back before the other side can have
 * seen it, or not at all: it goes with the code.
 */
export type HowLeft = {
  readonly voucher?: Uint8Array;
  readonly stays?: "untilSeen" | "always";
};
type Left = { readonly tag: Uint8Array; readonly untilMs: number };

export interface Rendezvous {
  /** Leaves a record, and registers this device before. */
  readonly leave: (tag: Uint8Array, record: Uint8Array, how?: HowLeft) => Promise<Settled>;
  /** What lies there as soon as something does, unless `isOver` has an answer before. */
  readonly await: (
    tag: Uint8Array,
    isOver?: () => Promise<LinkError | undefined>,
  ) => Promise<Result<Uint8Array, LinkError>>;
  /** Settles when `isDone` says so; it is asked at every look, and at once after `hurry`. */
  readonly until: (isDone: () => Promise<Verdict>) => Promise<Settled>;
  /** What lies there now; null: nothing; undefined: the relay did not say. */
  readonly look: (tag: Uint8Array) => Promise<Uint8Array | null | undefined>;
  readonly hurry: () => void;
  /** Takes back everything that was left; what the relay does not let go ends with the code. */
  readonly clear: () => Promise<void>;
  /** Whatever waits settles as cancelled; nothing is left any more. */
  readonly end: () => void;
}

/** `isClosed`: the device is, and says nothing any more. */
export const openRendezvous = (
  deps: UpkeepDeps,
  code: LinkCode,
  isClosed: () => boolean,
): Rendezvous => new RelayRendezvous(deps, code, isClosed);

class RelayRendezvous implements Rendezvous {
  readonly #deps: UpkeepDeps;
  readonly #code: LinkCode;
  readonly #reader: RelayHttp;
  readonly #isClosed: () => boolean;
  #left: Left[] = [];
  #owner: RelayHttp | undefined;
  #isEnded = false;
  #wake = (): void => undefined;

  constructor(deps: UpkeepDeps, code: LinkCode, isClosed: () => boolean) {
    this.#deps = deps;
    this.#isClosed = isClosed;
    this.#code = code;
    this.#reader = openRelayHttp({ ...deps, url: code.relayUrl, owner: null });
  }

  readonly leave: Rendezvous["leave"] = (tag, record, { voucher, stays } = {}) => {
    const { timers, random } = this.#deps;
    const shown = voucher ?? random(ID_BYTES.Voucher);
    let tries = 0;
    this.#left = this.#left.filter((it) => !equalBytes(it.tag, tag));
    const untilMs = stays === undefined ? 0 : timers.now() + HELLO_STAYS_MS;
    if (stays !== "always") this.#left.push({ tag, untilMs });
    return this.until(async () => {
      const answer = await this.#put(tag, record, shown);
      if (answer.ok) return true;
      tries += 1;
      const why = linkErrorOf(answer.error);
      return tries < PUT_TRIES_MAX && why.type === "RelayUnreachable" ? false : why;
    });
  };

  readonly await: Rendezvous["await"] = async (tag, isOver) => {
    let record: Uint8Array = NO_RECORD;
    const found = await this.until(async () => {
      record = (await this.look(tag)) ?? NO_RECORD;
      return record !== NO_RECORD || isOver?.();
    });
    return found.ok ? ok(record) : found;
  };

  readonly until: Rendezvous["until"] = async (isDone) => {
    for (let polls = 0; polls < POLLS_MAX; polls += 1) {
      const over = this.#isOver();
      if (over !== undefined) return err(over);
      const done = await isDone();
      if (this.#isEnded) break;
      if (done === true) return ok(undefined);
      if (done !== false && done !== undefined) return err(done);
      await this.#pause();
    }
    return err(this.#isOver() ?? { type: "DeviceLinkExpired" });
  };

  readonly look: Rendezvous["look"] = async (tag) => {
    const fetched = await this.#reader.fetchInvite(idOf("InviteTag", tag));
    if (fetched.ok) return fetched.value.record;
    return isProblem(fetched.error, "NotFound") ? null : undefined;
  };

  readonly hurry = (): void => this.#wake();

  readonly clear = async (): Promise<void> => {
    // The last one first: a grant that was taken back must not be found.
    for (const { tag, untilMs } of this.#left.splice(0).toReversed()) {
      const staysMs = Math.min(untilMs - this.#deps.timers.now(), HELLO_STAYS_MS);
      if (staysMs > 0) await after(this.#deps.timers, staysMs);
      if (!this.#isClosed()) await this.#owner?.deleteInvite(idOf("InviteTag", tag));
    }
  };

  readonly end = (): void => {
    this.#isEnded = true;
    this.#wake();
  };

  #isOver(): LinkError | undefined {
    if (this.#isEnded) return { type: "LinkCancelled" };
    const nowS = Math.floor(this.#deps.timers.now() / 1_000);
    return isLinkExpired(this.#code, nowS) ? { type: "DeviceLinkExpired" } : undefined;
  }

  #pause(): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#deps.timers.after(LINK_POLL_MS, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  async #put(
    tag: Uint8Array,
    record: Uint8Array,
    voucher: Uint8Array,
  ): Promise<Result<void, RelayError>> {
    const home = this.#owner === undefined ? await registeredHome(this.#deps) : ok(this.#owner);
    if (!home.ok) return home;
    this.#owner = home.value;
    const hash = idOf("TokenHash", tokenHashOf(voucher));
    const expiresAtMs = this.#code.expiresAtS * 1_000;
    const put = await home.value.putInvite(idOf("InviteTag", tag), record, expiresAtMs, hash);
    if (!put.ok && isProblem(put.error, "SignatureInvalid")) await this.#forget();
    return put;
  }

  /** The relay does not know us any more: the next try registers this device anew. Rule [LK17]. */
  async #forget(): Promise<void> {
    const { lane, store, homeUrl } = this.#deps;
    this.#owner = undefined;
    await lane.run(() =>
      store.write(["mailboxes", "tokens", "invites"], (tx) => forgetRegistration(tx, homeUrl)),
    );
  }
}

const after = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve);
  });

function linkErrorOf(error: RelayError): LinkError {
  if (isProblem(error, "RegistrationClosed")) return { type: "RegistrationRefused" };
  if (isProblem(error, "TagTaken")) return { type: "LinkUsed" };
  return { type: "RelayUnreachable" };
}
