/**
 * Who may create a mailbox. `open`: anybody, with proof of work when many come or the relay is loaded, and
 * nobody when it is full. `invite`: who shows the operator's token, a voucher from a member's invite, or the
 * key of a recovery capsule that lies here.
 * `closed`: nobody. Mailboxes that exist go on in any case.
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import type { Registration } from "../../sync/wire/http.ts";
import type { MailboxKey, Voucher } from "../../sync/wire/ids.ts";
import { LOOPBACK } from "../client-address.ts";
import {
  ADDRESS_REGISTRATIONS_BURST,
  ADDRESS_REGISTRATIONS_PER_MINUTE,
  CAPSULE_ADMISSIONS_BURST,
  CAPSULE_ADMISSIONS_PER_DAY,
  LOAD_MAX,
  POW_BITS,
  REGISTRATIONS_BURST,
  REGISTRATIONS_PER_MINUTE,
} from "../limits.ts";
import type { Now, Random } from "../ports.ts";
import { ProofOfWork } from "./proof-of-work.ts";
import { RateLimiter } from "./rate.ts";

export type Applicant = {
  readonly key: MailboxKey;
  readonly voucher: Voucher | null;
  readonly inviteToken: Uint8Array | null;
  /** The number of the mailbox that left the capsule whose key they have shown; null: they showed none. */
  readonly leftBy: number | null;
  readonly pow: { readonly challenge: Uint8Array; readonly nonce: Uint8Array } | null;
  /** Network prefix of the client, for counting only. */
  readonly address: string;
};

/** `byVoucher`: the store has the last word, and spends it. */
export type Admission =
  | { readonly type: "admitted"; readonly byVoucher: boolean }
  | { readonly type: "RegistrationClosed" }
  | { readonly type: "Overloaded" }
  | {
      readonly type: "ProofOfWorkNeeded";
      readonly challenge: Uint8Array;
      readonly bits: number;
    };

export type RegistrationOptions = {
  readonly mode: Registration;
  /** `tokenHashOf` of the operator's token; null when there is none. */
  readonly operatorTokenHash: Uint8Array | null;
  readonly now: Now;
  readonly random: Random;
  /** 0 to 100. */
  readonly load: () => number;
};

const MINUTE_S = 60;
const DAY_S = 86_400;

export class Registrar {
  readonly mode: Registration;
  readonly #options: RegistrationOptions;
  readonly #pow: ProofOfWork;
  readonly #all = new RateLimiter<string>({
    perSecond: REGISTRATIONS_PER_MINUTE / MINUTE_S,
    burst: REGISTRATIONS_BURST,
  });
  readonly #byAddress = new RateLimiter<string>({
    perSecond: ADDRESS_REGISTRATIONS_PER_MINUTE / MINUTE_S,
    burst: ADDRESS_REGISTRATIONS_BURST,
  });
  readonly #byCapsule = new RateLimiter<number>({
    perSecond: CAPSULE_ADMISSIONS_PER_DAY / DAY_S,
    burst: CAPSULE_ADMISSIONS_BURST,
  });

  constructor(options: RegistrationOptions) {
    this.mode = options.mode;
    this.#options = options;
    this.#pow = new ProofOfWork(options.random(32));
  }

  decide(applicant: Applicant): Admission {
    const { mode, load } = this.#options;
    if (mode === "closed") return { type: "RegistrationClosed" };
    if (load() >= LOAD_MAX) return { type: "Overloaded" };
    if (this.#isByOperator(applicant.inviteToken)) return { type: "admitted", byVoucher: false };
    if (applicant.voucher !== null) return { type: "admitted", byVoucher: true };
    if (mode === "open") return this.#decideOpen(applicant);
    return this.#isRestored(applicant)
      ? { type: "admitted", byVoucher: false }
      : { type: "RegistrationClosed" };
  }

  #isByOperator(token: Uint8Array | null): boolean {
    const { operatorTokenHash } = this.#options;
    if (token === null || operatorTokenHash === null) return false;
    return equalBytes(tokenHashOf(token), operatorTokenHash);
  }

  /** A few a day, whatever places they have: whoever is in shall not let in as many as they like. */
  #isRestored({ leftBy }: Applicant): boolean {
    return leftBy !== null && this.#byCapsule.take(leftBy, 1, this.#options.now()) === 0;
  }

  #decideOpen({ key, pow, address }: Applicant): Admission {
    const nowMs = this.#options.now();
    if (pow !== null && this.#pow.isDone(key, pow, nowMs)) {
      return { type: "admitted", byVoucher: false };
    }
    const isFew = address === LOOPBACK || this.#byAddress.take(address, 1, nowMs) === 0;
    const isCalm =
      this.#options.load() < LOAD_MAX / 2 && isFew && this.#all.take("all", 1, nowMs) === 0;
    if (isCalm) return { type: "admitted", byVoucher: false };
    const challenge = this.#pow.challengeOf(key, nowMs);
    return { type: "ProofOfWorkNeeded", challenge, bits: POW_BITS };
  }
}
