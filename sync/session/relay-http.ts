/**
 * Client of a relay's HTTP API (sync/wire/http.ts): registering a mailbox, handing out tokens,
 * prekeys, invites. Each answer is checked strictly before anybody sees it. Proof of work is done in
 * slices, so that nothing else waits for it. docs/protocol/sync-session.md, rules [RH1] to [RH8].
 */
import { assert } from "../../crypto/base/assert.ts";
import { toBase64url } from "../../crypto/base/base64url.ts";
import { equalBytes, utf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { relayHttpParts } from "../../crypto/public/relay-ids.ts";
import { signLabelled } from "../../crypto/sign.ts";
import type { Timers } from "../clock/timers.ts";
import {
  type HttpAnswer,
  type HttpRequest,
  RESPONSE_BYTES_MAX,
  type Transport,
} from "../transport/transport.ts";
import {
  AUTHORIZATION_SCHEME,
  type CreateMailbox,
  type DeleteTokens,
  type FetchPrekeys,
  PATHS,
  type ProblemType,
  type PutInvite,
  type PutPrekeys,
  type PutPush,
  type PutTokens,
  type Registration,
  type TokenClass,
} from "../wire/http.ts";
import {
  ID_BYTES,
  type InviteTag,
  type Label,
  type MailboxId,
  parseRelayId,
  type RelayId,
  type Token,
  type TokenHash,
  type Voucher,
} from "../wire/ids.ts";
import {
  BODY_BYTES_MAX,
  INVITE_LIFE_MS_MAX,
  INVITE_RECORD_BYTES_MAX,
  PREKEY_BUNDLE_BYTES_MAX,
  PUT_TARGETS_MAX,
  SIGNED_REQUEST_SKEW_MS,
  TOKEN_LIFE_MS_MAX,
  TOKENS_PER_REQUEST_MAX,
} from "../wire/limits.ts";
import type { RelayLimits } from "../wire/welcome-frame.ts";
import { JsonFields } from "./json-fields.ts";
import type { MailboxOwner } from "./link.ts";
import { solveWork, WORK_BITS_MAX } from "./proof-of-work.ts";
import { refusalOf } from "./refusal.ts";

export type RelayError =
  /** No relay answered. */
  | { readonly type: "Unreachable" }
  /** The relay said no. `problem` is null when it said it in words that we do not know. */
  | {
      readonly type: "Refused";
      readonly status: number;
      readonly problem: ProblemType | null;
      readonly retryAfterMs: number;
      /** With `ProofOfWorkNeeded`; `register` has tried. */
      readonly work: { readonly challenge: Uint8Array; readonly bits: number } | null;
    }
  /** The answer is not what the API says. */
  | { readonly type: "Malformed" }
  /** Proof of work harder than `WORK_BITS_MAX` was asked for. */
  | { readonly type: "WorkTooHard"; readonly bits: number };

export const isProblem = (error: RelayError, problem: ProblemType): boolean =>
  error.type === "Refused" && error.problem === problem;

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
  /** Of the recovery capsule that our account left there, and what that relay is shown to take another. */
  readonly capsule?: { readonly place: Uint8Array; readonly putKey: Uint8Array };
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
  /** How our device is woken. */
  readonly putPush: (subscription: PutPush) => Promise<Result<void, RelayError>>;
  readonly deletePush: () => Promise<Result<void, RelayError>>;
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
  /** Any other request; what its answer says is for the caller to check (sync/media/relay-blobs.ts). */
  readonly ask: (call: RelayCall) => Promise<Result<HttpAnswer, RelayError>>;
  /** What lies at `path`, of at most so many bytes. */
  readonly download: (path: string, bytesMax: number) => Promise<Result<Uint8Array, RelayError>>;
}

export type RelayCall = {
  readonly method: HttpRequest["method"];
  readonly path: string;
  /** Made for each try: times in it are told by the relay's clock, as far as we know it by then. */
  readonly body?: () => unknown;
  /** In place of `body`: bytes as they are, and what is said of them. */
  readonly raw?: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** By the mailbox's owner; only a request without `raw`. */
  readonly isSigned?: true;
};

export type RelayHttpOptions = {
  /** The relay's origin. */
  readonly url: string;
  /** Null: only what needs no signature. */
  readonly owner: (MailboxOwner & { readonly relayId: RelayId }) | null;
  readonly transport: Transport;
  readonly timers: Timers;
};

/** How often a relay may ask for proof of work before we take it for a refusal. */
const WORK_TRIES_MAX = 3;
/** Clocks that differ by less than this are not why a signature was refused. */
const CLOCK_MOVED_MS = 60_000;
const REGISTRATIONS: readonly Registration[] = ["open", "invite", "closed"];

export const openRelayHttp = (options: RelayHttpOptions): RelayHttp => new RelayClient(options);

type Call = Omit<RelayCall, "isSigned">;
type Answer = Result<HttpAnswer, RelayError>;

const MALFORMED = err({ type: "Malformed" } as const);

class RelayClient implements RelayHttp {
  readonly #options: RelayHttpOptions;
  /** The relay's clock against ours: a signed request carries the relay's time. */
  #offsetMs = 0;

  constructor(options: RelayHttpOptions) {
    this.#options = options;
  }

  readonly wellKnown = async (): Promise<Result<WellKnown, RelayError>> => {
    const answer = await this.#call({ method: "GET", path: PATHS.discovery });
    if (!answer.ok) return answer;
    const fields = JsonFields.parse(answer.value.body);
    const limits = fields.object("limits");
    const relayId = parseRelayId(fields.bytes("relayId", ID_BYTES.RelayId));
    if (!relayId.ok) return MALFORMED;
    const known = {
      version: fields.whole("version"),
      relayId: relayId.value,
      registration: fields.oneOf("registration", REGISTRATIONS) ?? "closed",
      limits: {
        bodyBytesMax: limits.whole("bodyBytesMax", BODY_BYTES_MAX),
        targetsMax: limits.whole("targetsMax", PUT_TARGETS_MAX),
        windowMessages: limits.whole("windowMessages"),
        windowBytes: limits.whole("windowBytes"),
        heartbeatMs: limits.whole("heartbeatMs"),
      },
      timeMs: fields.whole("timeMs"),
    };
    if (!fields.isFine || !limits.isFine) return MALFORMED;
    this.#offsetMs = known.timeMs - this.#options.timers.now();
    return ok(known);
  };

  readonly register = async (admission: Admission): Promise<Result<MailboxId, RelayError>> => {
    const { mailbox, publicKey } = this.#owner();
    const { voucher, inviteToken, capsule } = admission;
    const claim: CreateMailbox = {
      publicKey: toBase64url(publicKey),
      ...(voucher === undefined ? {} : { voucher: toBase64url(voucher) }),
      ...(inviteToken === undefined ? {} : { inviteToken }),
      ...(capsule === undefined
        ? {}
        : {
            capsule: { place: toBase64url(capsule.place), putKey: toBase64url(capsule.putKey) },
          }),
    };
    let pow: CreateMailbox["pow"];
    for (let tries = 1; ; tries += 1) {
      const body = pow === undefined ? claim : { ...claim, pow };
      const answer = await this.#sign({ method: "POST", path: PATHS.mailboxes, body: () => body });
      if (answer.ok) return this.#isOurs(answer.value.body) ? ok(mailbox) : MALFORMED;
      const { error } = answer;
      const isWork = error.type === "Refused" && error.problem === "ProofOfWorkNeeded";
      if (!isWork || error.work === null || tries > WORK_TRIES_MAX) return answer;
      const { challenge, bits } = error.work;
      if (bits > WORK_BITS_MAX) return err({ type: "WorkTooHard", bits });
      const nonce = await solveWork(challenge, bits, this.#options.timers);
      pow = { challenge: toBase64url(challenge), nonce: toBase64url(nonce) };
    }
  };

  readonly putTokens = async (grants: readonly TokenGrant[]): Promise<Result<void, RelayError>> => {
    for (let at = 0; at < grants.length; at += TOKENS_PER_REQUEST_MAX) {
      const slice = grants.slice(at, at + TOKENS_PER_REQUEST_MAX);
      const body = (): PutTokens => ({ tokens: slice.map((grant) => this.#tokenOf(grant)) });
      const done = await this.#sign({ method: "PUT", path: PATHS.tokens, body });
      if (!done.ok) return done;
    }
    return ok(undefined);
  };

  readonly deleteTokens = async (
    hashes: readonly TokenHash[],
  ): Promise<Result<void, RelayError>> => {
    for (let at = 0; at < hashes.length; at += TOKENS_PER_REQUEST_MAX) {
      const slice = hashes.slice(at, at + TOKENS_PER_REQUEST_MAX);
      const body = (): DeleteTokens => ({ hashes: slice.map(toBase64url) });
      const done = await this.#sign({ method: "DELETE", path: PATHS.tokens, body });
      if (!done.ok) return done;
    }
    return ok(undefined);
  };

  readonly putPrekeys = async (bundle: Uint8Array): Promise<Result<void, RelayError>> => {
    const body = (): PutPrekeys => ({ bundle: toBase64url(bundle) });
    return done(await this.#sign({ method: "PUT", path: PATHS.prekeys, body }));
  };

  readonly fetchPrekeys = async (
    mailbox: MailboxId,
    token: Token,
  ): Promise<Result<Uint8Array, RelayError>> => {
    const claim: FetchPrekeys = { mailbox: toBase64url(mailbox), token: toBase64url(token) };
    const body = (): FetchPrekeys => claim;
    const answer = await this.#call({ method: "POST", path: PATHS.prekeys, body });
    if (!answer.ok) return answer;
    const fields = JsonFields.parse(answer.value.body);
    const bundle = fields.bytes("bundle", 1, PREKEY_BUNDLE_BYTES_MAX);
    return fields.isFine ? ok(bundle) : MALFORMED;
  };

  readonly putPush = async (subscription: PutPush): Promise<Result<void, RelayError>> =>
    done(await this.#sign({ method: "PUT", path: PATHS.push, body: () => subscription }));

  readonly deletePush = async (): Promise<Result<void, RelayError>> =>
    done(await this.#sign({ method: "DELETE", path: PATHS.push }));

  readonly putInvite = async (
    tag: InviteTag,
    record: Uint8Array,
    expiresAtMs: number,
    voucherHash: TokenHash,
  ): Promise<Result<void, RelayError>> => {
    const body = (): PutInvite => ({
      record: toBase64url(record),
      expiresAtMs: this.#endOf(expiresAtMs, INVITE_LIFE_MS_MAX),
      voucherHash: toBase64url(voucherHash),
    });
    const path = PATHS.invite(toBase64url(tag));
    return done(await this.#sign({ method: "PUT", path, body }));
  };

  readonly fetchInvite = async (
    tag: InviteTag,
  ): Promise<Result<{ readonly record: Uint8Array; readonly expiresAtMs: number }, RelayError>> => {
    const answer = await this.#call({ method: "GET", path: PATHS.invite(toBase64url(tag)) });
    if (!answer.ok) return answer;
    const fields = JsonFields.parse(answer.value.body);
    const record = fields.bytes("record", 1, INVITE_RECORD_BYTES_MAX);
    const expiresAtMs = fields.whole("expiresAtMs");
    return fields.isFine ? ok({ record, expiresAtMs }) : MALFORMED;
  };

  readonly deleteInvite = async (tag: InviteTag): Promise<Result<void, RelayError>> =>
    done(await this.#sign({ method: "DELETE", path: PATHS.invite(toBase64url(tag)) }));

  readonly ask = (call: RelayCall): Promise<Result<HttpAnswer, RelayError>> =>
    call.isSigned === true ? this.#sign(call) : this.#call(call);

  readonly download = async (
    path: string,
    bytesMax: number,
  ): Promise<Result<Uint8Array, RelayError>> => {
    const answer = await this.#options.transport.download(
      this.#options.url + path,
      Math.max(bytesMax, RESPONSE_BYTES_MAX),
    );
    if (!answer.ok) return answer;
    const { status, bytes } = answer.value;
    if (status === 200) return bytes.length > bytesMax ? MALFORMED : ok(bytes);
    return err(refusalOf({ status, body: new TextDecoder().decode(bytes) }));
  };

  #owner(): MailboxOwner & { readonly relayId: RelayId } {
    const { owner } = this.#options;
    assert(owner !== null, "only the owner of a mailbox signs");
    return owner;
  }

  #isOurs(body: string): boolean {
    const fields = JsonFields.parse(body);
    return equalBytes(fields.bytes("mailbox", ID_BYTES.MailboxId), this.#owner().mailbox);
  }

  #tokenOf({ hash, label, expiresAtMs, ...grant }: TokenGrant): PutTokens["tokens"][number] {
    return {
      ...grant,
      hash: toBase64url(hash),
      label: toBase64url(label),
      expiresAtMs: this.#endOf(expiresAtMs, TOKEN_LIFE_MS_MAX),
    };
  }

  /**
   * The end of a life, by the relay's clock: what is left of it by ours, which may be years off, but
   * no more than the relay grants. Rule [RH9].
   */
  #endOf(expiresAtMs: number, lifeMsMax: number): number {
    const nowMs = this.#options.timers.now();
    const leftMs = Math.min(expiresAtMs - nowMs, lifeMsMax - SIGNED_REQUEST_SKEW_MS);
    return Math.max(0, Math.round(nowMs + this.#offsetMs + leftMs));
  }

  /** A device whose clock is far off is told so once, by the relay's own. Rule [RH3]. */
  async #sign(call: Call): Promise<Answer> {
    const first = await this.#call(call, true);
    const isStale =
      !first.ok && first.error.type === "Refused" && first.error.problem === "SignatureInvalid";
    if (!isStale) return first;
    const before = this.#offsetMs;
    const known = await this.wellKnown();
    const moved = Math.abs(this.#offsetMs - before) > CLOCK_MOVED_MS;
    return known.ok && moved ? this.#call(call, true) : first;
  }

  async #call({ method, path, body, raw }: Call, isSigned = false): Promise<Answer> {
    const { url, transport } = this.#options;
    const text = body === undefined ? "" : JSON.stringify(body());
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["content-type"] = "application/json";
    if (isSigned) headers["authorization"] = this.#authorization(method, path, text);
    const request = { method, url: url + path, headers: { ...headers, ...raw?.headers } };
    const answer = await transport.request({
      ...request,
      ...(body === undefined ? {} : { body: text }),
      ...(raw === undefined ? {} : { body: raw.bytes }),
    });
    if (!answer.ok) return answer;
    const { status } = answer.value;
    return status >= 200 && status <= 299 ? answer : err(refusalOf(answer.value));
  }

  #authorization(method: string, path: string, text: string): string {
    const { seed, mailbox, relayId } = this.#owner();
    const dateMs = Math.max(0, Math.round(this.#options.timers.now() + this.#offsetMs));
    const parts = relayHttpParts({ relayId, method, path, dateMs, body: utf8(text) });
    const signature = signLabelled(seed, "relay/http", ...parts);
    return `${AUTHORIZATION_SCHEME} ${toBase64url(mailbox)}.${dateMs}.${toBase64url(signature)}`;
  }
}

const done = (answer: Answer): Result<void, RelayError> => (answer.ok ? ok(undefined) : answer);
