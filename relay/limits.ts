/**
 * What only a relay's operator cares about: rates, memory, patience. Bounds that clients must know are
 * in sync/wire/limits.ts. Settings of config.ts override those that stand in `RelaySettings`.
 */
import { assert } from "../crypto/base/assert.ts";
import {
  BATCH_FLUSH_BYTES,
  MAILBOX_BLOB_BYTES_MAX,
  MAILBOX_BYTES_MAX,
  MAILBOX_MESSAGES_MAX,
  MESSAGE_TTL_MS_MAX,
  PUTS_OUTSTANDING_MAX,
  SLOT_TTL_MS_MAX,
} from "../sync/wire/limits.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 86_400 * SECOND_MS;

/* Deliveries. */
export const PAGE_MESSAGES = 128;
/** No page is sent to a socket that still has this much to write. */
export const PAGE_PAUSE_BYTES = 512 * KIB;
/** A socket with so much to write for so long is closed (4008) … */
export const SLOW_READER_BYTES = 4 * MIB;
export const SLOW_READER_MS = 10 * SECOND_MS;
/** … and so is one that read nothing at all for this long. */
export const STUCK_READER_MS = 60 * SECOND_MS;
/** Redelivery backs off from REDELIVER_MS to this while a device acknowledges nothing. */
export const REDELIVER_MS_MAX = 240 * SECOND_MS;
/** After a failed read of the store. */
export const PAGE_RETRY_MS = 5 * SECOND_MS;

/* Sockets. */
export const HANDSHAKES_PER_SECOND = 500;
export const ADDRESS_SOCKETS_PER_SECOND = 20;
export const ADDRESS_SOCKETS_BURST = 60;
/** How many frames beyond its rate a socket may send before it is closed (4429). */
export const FRAMES_OVER_RATE_MAX = 2_000;
/** So many targets of a PUT, or topics to watch, count as one frame. */
export const TARGETS_PER_FRAME = 16;
/** Sockets that one neighbourhood (/24 or /56) may hold at once; loopback has no such bound. */
export const ADDRESS_SOCKETS_MAX = 1_000;
/** Fragments of one WebSocket message. */
export const FRAGMENTS_MAX = 64;
/** WebSocket's own PING and PONG, which carry nothing here. */
export const CONTROL_FRAMES_PER_SECOND = 1;
export const CONTROL_FRAMES_BURST = 30;
/** How long a socket that was told to close may take before it is cut. */
export const CLOSE_GRACE_MS = 2 * SECOND_MS;
export const TICK_MS = SECOND_MS;

/* Tokens. */
export const TOKEN_BURST = 60;
export const TOKEN_BYTES_BURST = 8 * MIB;
/** Soft state of all rate limits together. */
export const RATE_KEYS_MAX = 100_000;
/** What one token may fill of its mailbox. */
export const TOKEN_SHARE = 1 / 4;
export const NEARLY_FULL_SHARE = 9 / 10;
export const BUSY_FULL_MS = 30 * SECOND_MS;
export const BUSY_FAILED_MS = 5 * SECOND_MS;

/* Registration. */
export const REGISTRATIONS_PER_MINUTE = 30;
export const REGISTRATIONS_BURST = 60;
export const ADDRESS_REGISTRATIONS_PER_MINUTE = 6;
export const ADDRESS_REGISTRATIONS_BURST = 20;
/** Zero bits asked of a proof of work: about a second of a browser's core. */
export const POW_BITS = 17;
/** A challenge is good for one to two of these. */
export const POW_WINDOW_MS = 5 * MINUTE_MS;
/** New mailboxes are refused above this load; proof of work is asked above half of it. */
export const LOAD_MAX = 90;

export const OVERLOADED_RETRY_MS = MINUTE_MS;

/* Store. */
/** Acknowledged after so long, a message never touches the index on disk. */
export const SPILL_AFTER_MS = 2 * SECOND_MS;
export const SLICE_ROWS = 500;
export const FLUSH_AFTER_MS = 250;
export const SWEEP_EVERY_MS = 3_600 * SECOND_MS;
/** Index entries and queues that stay in memory; what is over it is read from disk when asked for. */
export const HOT_PLACES_MAX = 200_000;
export const HOT_SHELVES_MAX = 100_000;
/** Envelope ids remembered after their acknowledgement, against a late retry. */
export const RECENT_ENVELOPES_MAX = 50_000;
export const RECENT_ENVELOPES_MS = 10 * MINUTE_MS;
/** Tokens of a deleted mailbox answer GONE for this long. */
export const GONE_MS = 90 * DAY_MS;
/** A mailbox nobody logged into for this long is removed. */
export const IDLE_MAILBOX_DAYS = 90;
/** Operations in one commit. The rest waits for the next. */
export const COMMIT_OPS_MAX = 4_096;
/** Between a commit that failed and the next. */
export const COMMIT_RETRY_MS = 250;
/** Operations that wait for a commit; more PUTs are told BUSY. */
export const COMMIT_WAITING_MAX = 65_536;
/** Bytes of bodies that wait for a commit. */
export const COMMIT_WAITING_BYTES_MAX = 64 * MIB;

/* HTTP. */
/** Connections that the kernel holds while the event loop is busy. */
export const LISTEN_BACKLOG = 4_096;
export const HTTP_REQUESTS_PER_SECOND = 20;
export const HTTP_REQUESTS_BURST = 200;
export const HTTP_HEADERS_BYTES_MAX = 16 * KIB;
export const HTTP_REQUEST_MS_MAX = 30 * SECOND_MS;
export const HTTP_HEADERS_MS_MAX = 10 * SECOND_MS;

/** An HTTP connection on which nothing moves, such as a download that nobody reads. */
export const HTTP_IDLE_MS_MAX = MINUTE_MS;

/* Recovery capsules. */
/** Devices that are admitted because their account's capsule lies here. */
export const CAPSULE_ADMISSIONS_PER_DAY = 2;
export const CAPSULE_ADMISSIONS_BURST = 4;
/** The counter of a capsule may be so far above the one that lies there: nobody takes all that are to come. */
export const CAPSULE_COUNTER_STEP_MAX = 1_000_000;
/** Of one mailbox: devices renew after changes, not in a stream. */
export const CAPSULE_PUTS_PER_SECOND = 1 / 30;
export const CAPSULE_PUTS_BURST = 20;

/* Web Push. */
/** An urgent message that is not acknowledged this long after it was stored wakes its device. */
export const PUSH_AFTER_MS = 5 * SECOND_MS;
/** How long a push service keeps a wake-up for a device that is off: as most of them allow. */
export const PUSH_TTL_MS = 28 * DAY_MS;
/** A device that was woken and came for nothing is woken again by a message after so long. */
export const PUSH_FORGET_MS = DAY_MS;
/** A push service that is busy or away is asked again after so long, twice as long each time … */
export const PUSH_RETRY_MS = 30 * SECOND_MS;
/** … up to this. */
export const PUSH_RETRY_MS_MAX = 5 * 3_600 * SECOND_MS;
export const PUSHES_AT_ONCE = 64;
/** Mailboxes whose device is about to be woken, or was. Beyond it the oldest is forgotten. */
export const PUSH_MAILBOXES_MAX = 100_000;
/** After a start: mailboxes that are looked through for what nobody was woken for … */
export const PUSH_RESUMES_MAX = 10_000;
/** … and how old that may be. */
export const PUSH_RESUME_MS = 3_600 * SECOND_MS;
/** A push service's answer: from the connection to its end, and what is read of it. */
export const PUSH_REQUEST_MS_MAX = 10 * SECOND_MS;
export const PUSH_ANSWER_BYTES_MAX = 4 * KIB;
/** RFC 8292: a signed claim holds at most a day. One is used again while so much of it is left. */
export const PUSH_CLAIM_MS = 12 * 3_600 * SECOND_MS;
export const PUSH_CLAIM_LEFT_MS = 3_600 * SECOND_MS;
export const PUSH_CLAIMS_MAX = 10_000;

/* Blobs. */
export const BLOB_UPLOADS_AT_ONCE = 64;
export const BLOB_DOWNLOADS_AT_ONCE = 256;
/** Of these, from one neighbourhood (/24 or /56); loopback has no such bound. */
export const ADDRESS_BLOB_UPLOADS_MAX = 16;
export const ADDRESS_BLOB_DOWNLOADS_MAX = 64;
export const BLOB_BUSY_MS = 2 * SECOND_MS;
export const BLOB_FULL_MS = 30 * SECOND_MS;
/** Who sends a blob goes on alone while it moved so lately … */
export const BLOB_HOLD_IDLE_MS = MINUTE_MS;
/** … and so long in all, however slowly. */
export const BLOB_HOLD_MS_MAX = 3_600 * SECOND_MS;
/** Blobs on their way; the oldest are forgotten. */
export const BLOB_HOLDS_MAX = 10_000;
export const BLOB_SWEEP_EVERY_MS = 3_600 * SECOND_MS;
/** Removed in one go. */
export const BLOB_SWEEP_SLICE = 64;

/** SIGTERM: all sockets are told within this long, and the process is gone soon after. */
export const DRAIN_MS_MAX = 30 * SECOND_MS;
/** Fewer sockets than this are told at once. */
export const DRAIN_AT_ONCE = 500;

/** What an operator may set of the core. */
export type RelaySettings = {
  readonly mailboxMessagesMax: number;
  readonly mailboxBytesMax: number;
  readonly messageTtlMs: number;
  readonly slotTtlMs: number;
  readonly mailboxBlobBytesMax: number;
  readonly socketsMax: number;
  readonly socketFramesPerSecond: number;
  readonly tokenPutsPerSecond: number;
  readonly tokenBytesPerSecond: number;
};

export const DEFAULT_SETTINGS: RelaySettings = {
  mailboxMessagesMax: MAILBOX_MESSAGES_MAX,
  mailboxBytesMax: MAILBOX_BYTES_MAX,
  messageTtlMs: MESSAGE_TTL_MS_MAX,
  slotTtlMs: SLOT_TTL_MS_MAX,
  mailboxBlobBytesMax: MAILBOX_BLOB_BYTES_MAX,
  socketsMax: 20_000,
  socketFramesPerSecond: 200,
  tokenPutsPerSecond: 2,
  tokenBytesPerSecond: 256 * KIB,
};

assert(PAGE_PAUSE_BYTES > BATCH_FLUSH_BYTES, "one batch does not pause a page");
assert(SLOW_READER_BYTES > PAGE_PAUSE_BYTES, "pages alone never make a reader slow");
assert(COMMIT_WAITING_MAX > COMMIT_OPS_MAX, "more than one commit may wait");
assert(PUSH_CLAIM_MS <= DAY_MS, "a push service refuses longer claims");
assert(FRAMES_OVER_RATE_MAX > PUTS_OUTSTANDING_MAX, "a full window of PUTs is no flood");
