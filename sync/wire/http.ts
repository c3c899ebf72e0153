/**
 * The relay's HTTP API: paths and JSON shapes, shared by both sides (docs/protocol/wire.md §HTTP).
 * Bytes travel as base64url without padding. An error answers `application/problem+json` with a
 * `type` of `PROBLEM_STATUS` (RFC 9457).
 */
import type { RelayLimits } from "./welcome-frame.ts";

export const PATHS = {
  discovery: "/.well-known/kith",
  health: "/healthz",
  readiness: "/readyz",
  statusPage: "/status",
  status: "/status.json",
  socket: "/v1/socket",
  mailboxes: "/v1/mailboxes",
  mailbox: (mailbox: string): string => `/v1/mailboxes/${mailbox}`,
  tokens: "/v1/tokens",
  prekeys: "/v1/prekeys",
  push: "/v1/push",
  invite: (tag: string): string => `/v1/invites/${tag}`,
  capsule: (place: string): string => `/v1/capsules/${place}`,
  blobs: "/v1/blobs",
  blob: (blob: string): string => `/v1/blobs/${blob}`,
} as const;

export type Registration = "open" | "invite" | "closed";

/** GET discovery. */
export type Discovery = {
  readonly version: number;
  readonly relayId: string;
  readonly registration: Registration;
  readonly limits: RelayLimits;
  readonly timeMs: number;
};

/** GET status. Counts only. */
export type Status = {
  readonly mailboxes: number;
  readonly messages: number;
  readonly bytes: number;
  /** Age of the oldest message that waits; 0 when none does. */
  readonly oldestSeconds: number;
  readonly blobs: number;
  readonly blobBytes: number;
  readonly sockets: number;
};

/** POST mailboxes, signed by `publicKey`. Repeating it answers the same. */
export type CreateMailbox = {
  readonly publicKey: string;
  /** From an invite's record. */
  readonly voucher?: string;
  /** From the relay's operator. */
  readonly inviteToken?: string;
  /** Of the account's recovery capsule that lies at this relay: who restores an account was here before. */
  readonly capsule?: { readonly place: string; readonly putKey: string };
  /** Answer to a `ProofOfWorkNeeded` problem. */
  readonly pow?: { readonly challenge: string; readonly nonce: string };
};
/** 201, or 200 when it exists already. */
export type MailboxCreated = { readonly mailbox: string };

export type TokenClass = "contact" | "group" | "invite";

/** PUT tokens, signed: adds these, or replaces those with the same hash. 204. */
export type PutTokens = {
  readonly tokens: readonly {
    readonly hash: string;
    readonly class: TokenClass;
    readonly label: string;
    /** Whether an urgent envelope under this token may wake the device. */
    readonly push: boolean;
    readonly expiresAtMs: number;
  }[];
};
/** DELETE tokens, signed: from now on they answer `denied`. 204, also for unknown ones. */
export type DeleteTokens = { readonly hashes: readonly string[] };

/** PUT prekeys, signed. The bundle is opaque to the relay. 204. */
export type PutPrekeys = { readonly bundle: string };
/** POST prekeys. 404 `NotFound` for an unknown mailbox, an unknown token, and no bundle alike. */
export type FetchPrekeys = { readonly mailbox: string; readonly token: string };
export type Prekeys = { readonly bundle: string };

/**
 * PUT push, signed: where and how to wake this device, in place of what was said before. The device made
 * the VAPID key pair (RFC 8292), since a browser binds its subscription to it. 204; 422 `EndpointRefused`
 * for an address that this relay does not push to. DELETE push, signed: no more. 204.
 */
export type PutPush = {
  readonly endpoint: string;
  /** The browser's P-256 public key, uncompressed, and its secret of 16 bytes (RFC 8291). */
  readonly p256dh: string;
  readonly auth: string;
  readonly vapidPublicKey: string;
  readonly vapidPrivateKey: string;
};

/** PUT invite, signed: creates or replaces the record under a tag of one's own. 204. */
export type PutInvite = {
  readonly record: string;
  readonly expiresAtMs: number;
  /** `tokenHashOf(voucher)`: whoever shows the voucher may create one mailbox. */
  readonly voucherHash: string;
};
/** GET invite. 404 `NotFound` for unknown and expired alike. */
export type Invite = { readonly record: string; readonly expiresAtMs: number };

/**
 * PUT capsule, signed: an account's recovery capsule at a place of its own. Whoever puts the first one
 * there fixes the put key; from then on the higher counter replaces the lower, from any mailbox here
 * that shows that key. 204; 409 `TagTaken` for another key, 409 `CounterOld` for a counter that is not
 * higher. The same request again is answered alike.
 */
export type PutCapsule = {
  readonly capsule: string;
  readonly counter: number;
  readonly putKey: string;
};
/** GET capsule, by who knows the place. 404 `NotFound` for unknown and expired alike. */
export type Capsule = {
  readonly capsule: string;
  readonly counter: number;
  readonly expiresAtMs: number;
};

/**
 * POST blobs, signed: asks for a ticket to send a blob's sealed bytes. Asking again gives a new ticket,
 * and says how far the bytes have come.
 */
export type PostBlob = {
  readonly blob: string;
  readonly bytes: number;
  readonly deleteKeyHash: string;
  readonly ttlSeconds: number;
};
/** 201. `ticket` is null when the relay has the blob already, whoever sent it. */
export type BlobTicketGiven = { readonly ticket: string | null; readonly offset: number };
/**
 * PATCH blob: bytes from `upload-offset` on, in pieces of any size; what came before a break is kept.
 * The last one is answered when the blob is durable. 409 `OffsetWrong` says where to go on, 422
 * `BlobDiffers` that the bytes do not hash to the id: they are forgotten, and may be sent anew.
 */
export const UPLOAD_OFFSET_HEADER = "upload-offset";
/** `authorization: KithTicket <ticket>`. */
export const TICKET_SCHEME = "KithTicket";
export type BlobProgress = { readonly offset: number; readonly isComplete: boolean };
/** DELETE blob, by whoever has the delete key. 204; 404 for unknown blobs and wrong keys alike. */
export type DeleteBlob = { readonly deleteKey: string };

/** The words of all problems and their HTTP status. */
export const PROBLEM_STATUS = {
  BodyMalformed: 400,
  RequestMalformed: 400,
  SignatureInvalid: 401,
  RegistrationClosed: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  RequestTooSlow: 408,
  TagTaken: 409,
  OffsetWrong: 409,
  CounterOld: 409,
  BodyTooLarge: 413,
  BodyTypeUnknown: 415,
  BlobDiffers: 422,
  EndpointRefused: 422,
  VersionUnknown: 426,
  ProofOfWorkNeeded: 428,
  TooManyRequests: 429,
  HeadersTooLarge: 431,
  Overloaded: 503,
  StorageFailed: 503,
  StorageFull: 507,
  TooMany: 507,
} as const;
export type ProblemType = keyof typeof PROBLEM_STATUS;

export type Problem = {
  readonly type: ProblemType;
  readonly detail?: string;
  readonly retryAfterMs?: number;
  /** With `ProofOfWorkNeeded`: find an 8-byte nonce whose hash starts with `bits` zero bits. */
  readonly challenge?: string;
  readonly bits?: number;
  /** With `OffsetWrong`: how many bytes there are. */
  readonly offset?: number;
  /** With `VersionUnknown`: the subprotocols that are spoken. */
  readonly supported?: readonly string[];
};

/** `authorization: Kith <mailbox>.<dateMs>.<signature>` of a signed request. */
export const AUTHORIZATION_SCHEME = "Kith";
