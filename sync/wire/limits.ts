/**
 * Every bound that client and relay share, with its unit in its name, and quoted nowhere else
 * (docs/protocol/wire.md refers to this table). The client keeps them on the way out, the relay
 * enforces them on the way in. What only a relay's operator cares about is in relay/limits.ts.
 */
import { assert } from "../../crypto/base/assert.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;

/* Sizes on the socket. */
/** One WebSocket message, that is one batch of frames. More closes with 1009. */
export const SOCKET_MESSAGE_BYTES_MAX = 256 * KIB;
/** A sender of many frames ends a batch here, so that nobody waits for a long message. */
export const BATCH_FLUSH_BYTES = 32 * KIB;
/** A batch of two-byte frames would otherwise cost far more to read than to send. */
export const BATCH_FRAMES_MAX = 1_024;
/** The ciphertext of one envelope. */
export const BODY_BYTES_MAX = 128 * KIB;
/** The body of an envelope sent with an invite-class token. */
export const INVITE_BODY_BYTES_MAX = 16 * KIB;
/** Payloads inside envelopes, before sealing and padding. */
export const CHUNK_BYTES_MAX = 96 * KIB;
export const ENTRY_BYTES_MAX = 64 * KIB;
/** UTF-8 bytes of a text that travels inside its entry. */
export const INLINE_TEXT_BYTES_MAX = 32 * KIB;

/* Counts on the socket. */
export const PUT_TARGETS_MAX = 512;
/** PUTs without an OK. The relay stops reading a socket that has more. */
export const PUTS_OUTSTANDING_MAX = 64;
export const ACK_IDS_MAX = 1_024;
export const MAILBOXES_PER_SOCKET_MAX = 4;
/** Unacknowledged deliveries: the window that WELCOME announces … */
export const WINDOW_MESSAGES = 256;
export const WINDOW_BYTES = MIB;
/** … and how far CREDIT can widen it. */
export const WINDOW_MESSAGES_MAX = 4_096;
export const WINDOW_BYTES_MAX = 8 * MIB;

/* Presence topics. */
export const TOPICS_PER_FRAME_MAX = 64;
export const TOPICS_PER_SOCKET_MAX = 512;
export const TOPIC_PAYLOAD_BYTES_MAX = 256;
/** A topic is offline this long after its publisher's last frame, closed socket or not. */
export const PRESENCE_OFFLINE_MS = 30 * SECOND_MS;

/* GOAWAY. */
export const ALTERNATIVES_MAX = 8;
export const RELAY_URL_BYTES_MAX = 256;

/* Times on the socket. */
/** The client sends a PING after so long without another frame; visible is "on screen". */
export const PING_VISIBLE_MS = 5 * SECOND_MS;
export const PING_HIDDEN_MS = 30 * SECOND_MS;
/** The relay gives a silent socket up (4408). */
export const DEAD_VISIBLE_MS = 30 * SECOND_MS;
export const DEAD_HIDDEN_MS = 75 * SECOND_MS;
/** The relay closes an unauthenticated socket that carries nothing but PING (1000). */
export const UNAUTHENTICATED_IDLE_MS = 60 * SECOND_MS;
/** Deliveries are sent again on a living socket after so long without any ACK. */
export const REDELIVER_MS = 15 * SECOND_MS;

/* Mailboxes. */
export const MESSAGE_TTL_MS_MAX = 30 * DAY_MS;
export const SLOT_TTL_MS_MAX = 14 * DAY_MS;
export const MAILBOX_MESSAGES_MAX = 10_000;
export const MAILBOX_BYTES_MAX = 64 * MIB;
/** Messages that wait under one invite-class token. */
export const INVITE_MESSAGES_MAX = 50;

/* HTTP. */
export const HTTP_BODY_BYTES_MAX = 64 * KIB;
/** A signed request is refused when its date is further away than this. */
export const SIGNED_REQUEST_SKEW_MS = 300 * SECOND_MS;
export const TOKENS_PER_REQUEST_MAX = 256;
export const TOKENS_PER_MAILBOX_MAX = 10_000;
export const TOKEN_LIFE_MS_MAX = 400 * DAY_MS;
export const PREKEY_BUNDLE_BYTES_MAX = 8 * KIB;
export const INVITE_RECORD_BYTES_MAX = 16 * KIB;
export const INVITES_PER_MAILBOX_MAX = 64;
export const INVITE_LIFE_MS_MAX = 30 * DAY_MS;

/* Recovery capsules. */
/** Sealed. */
export const CAPSULE_BYTES_MAX = 256 * KIB;
/** In JSON, as base64url, with its counter and times: requests and answers alike. */
export const CAPSULE_JSON_BYTES_MAX = 352 * KIB;
/** From its last renewal. */
export const CAPSULE_LIFE_MS = 400 * DAY_MS;
/** Places that one mailbox may begin: one is needed, others are left of accounts before. */
export const CAPSULES_PER_MAILBOX_MAX = 4;

/* Web Push. */
/** What a push service gives out has some hundreds. */
export const PUSH_ENDPOINT_BYTES_MAX = 2 * KIB;
/** P-256, uncompressed. */
export const PUSH_KEY_BYTES = 65;
export const PUSH_PRIVATE_KEY_BYTES = 32;
export const PUSH_AUTH_BYTES = 16;

/* Blobs. */
/** Sealed and padded: 100 MiB of content fit. */
export const BLOB_BYTES_MAX = 128 * MIB;
/** Of all blobs that one mailbox has at a relay, those that are still coming among them. */
export const MAILBOX_BLOB_BYTES_MAX = 1_024 * MIB;
export const BLOBS_PER_MAILBOX_MAX = 4_096;
export const BLOB_TTL_MS_MAX = 30 * DAY_MS;
/** From the ticket to the last byte. */
export const BLOB_UPLOAD_MS_MAX = DAY_MS;

assert(ENTRY_BYTES_MAX < CHUNK_BYTES_MAX, "an entry fits a chunk");
assert(INLINE_TEXT_BYTES_MAX < ENTRY_BYTES_MAX, "an inline text fits its entry");
assert(CHUNK_BYTES_MAX * 1.12 + 8 * KIB < BODY_BYTES_MAX, "a padded chunk fits a body");
assert(
  BODY_BYTES_MAX + PUT_TARGETS_MAX * 32 + KIB < SOCKET_MESSAGE_BYTES_MAX,
  "the largest PUT fits one socket message",
);
assert(ACK_IDS_MAX * 8 + KIB < BATCH_FLUSH_BYTES, "the largest ACK fits one batch");
assert(WINDOW_MESSAGES <= ACK_IDS_MAX, "one ACK can empty the window");
assert(BODY_BYTES_MAX <= WINDOW_BYTES, "the largest body fits the window");
assert(DEAD_VISIBLE_MS >= 3 * PING_VISIBLE_MS, "two lost PINGs are forgiven");
assert(DEAD_HIDDEN_MS >= 2 * PING_HIDDEN_MS, "one lost PING is forgiven in the background");
assert(INVITE_RECORD_BYTES_MAX * 1.4 < HTTP_BODY_BYTES_MAX, "a record fits JSON as base64url");
assert((CAPSULE_BYTES_MAX * 4) / 3 + KIB < CAPSULE_JSON_BYTES_MAX, "a capsule fits its JSON");
assert(TOKENS_PER_REQUEST_MAX * 200 < HTTP_BODY_BYTES_MAX, "a full list of tokens fits JSON");
