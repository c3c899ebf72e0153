/**
 * Client of a relay's HTTP API (sync/wire/http.ts): registering a mailbox, handing out tokens,
 * prekeys, invites. Each answer is checked strictly before anybody sees it. Proof of work is done in
 * slices, so that nothing else waits for it. docs/protocol/sync-session.md, rules [RH1] to [RH8].
 */
import type { Result } from "../../crypto/base/result.ts";
import type { ProblemType, Registration, TokenClass } from "../wire/http.ts";
import type {
  InviteTag,
  Label,
  MailboxId,
  RelayId,
  Token,
  TokenHash,
  Voucher,
} from "../wire/ids.ts";
import type { RelayLimits } from "../wire/welcome-frame.ts";

export type RelayError =
  /** No relay answered. */
  | { readonly type: "Unreachable" }
  /** The relay said no. `problem` is null when it said it in words that we do not know. */
  | {
      readonly type: "Refused";
      readonly status: number;
      readonly problem: ProblemType | null;
      readonly retryAfterMs: number;
    }
  /** The answer is not what the API says. */
  | { readonly type: "Malformed" }
  /** Proof of work harder than `POW_BITS_MAX` was asked for. */
  | { readonly type: "WorkTooHard"; readonly bits: number };

export type WellKnown = {
  readonly version: number;
  readonly relayId: RelayId;
  readonly registration: Registration;
  readonly limits: RelayLimits;
  readonly timeMs: number;
};

export type TokenGrant = {
  readonly hash: TokenHash;
  readonly class: TokenClass;
  readonly label: Label;
  readonly push: boolean;
  readonly expiresAtMs: number;
};

/** The right to create a mailbox where not everybody may. */
export type Admission = {
  readonly voucher?: Voucher;
  /** From the relay's operator, as printed. */
  readonly inviteToken?: string;
};

export interface RelayHttp {
  readonly wellKnown: () => Promise<Result<WellKnown, RelayError>>;
  /** Creates our mailbox, or finds that it is there. */
  readonly register: (admission: Admission) => Promise<Result<MailboxId, RelayError>>;
  /** Any number of grants; sent `TOKENS_PER_REQUEST_MAX` at a time. */
  readonly putTokens: (grants: readonly TokenGrant[]) => Promise<Result<void, RelayError>>;
  readonly deleteTokens: (hashes: readonly TokenHash[]) => Promise<Result<void, RelayError>>;
  readonly putPrekeys: (bundle: Uint8Array) => Promise<Result<void, RelayError>>;
  readonly fetchPrekeys: (
    mailbox: MailboxId,
    token: Token,
  ) => Promise<Result<Uint8Array, RelayError>>;
  readonly putInvite: (
    tag: InviteTag,
    record: Uint8Array,
    expiresAtMs: number,
    voucherHash: TokenHash,
  ) => Promise<Result<void, RelayError>>;
  readonly fetchInvite: (
    tag: InviteTag,
  ) => Promise<Result<{ readonly record: Uint8Array; readonly expiresAtMs: number }, RelayError>>;
  readonly deleteInvite: (tag: InviteTag) => Promise<Result<void, RelayError>>;
}
