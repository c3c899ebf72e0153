/** Bounds of payloads between devices; those shared with the relay are in sync/wire/limits.ts. */
import { assert } from "../../crypto/base/assert.ts";
import { BODY_BYTES_MAX, CHUNK_BYTES_MAX } from "../wire/limits.ts";

/** One session message: all its payloads together. */
export const SESSION_BYTES_MAX = 104 * 1_024;
export const SESSION_PAYLOADS_MAX = 16;

/** 64 facts and 10 cards; each fact costs two signatures to check. */
export const INTRODUCTION_BYTES_MAX = 32 * 1_024;
/** In one session message. */
export const INTRODUCTIONS_MAX = 1;
export const CARD_BYTES_MAX = 2_048;
export const NACK_TAGS_MAX = 16;
/** Accounts whose cards are asked for at a time. */
export const CARDS_WANTED_MAX = 16;
export const WANT_RANGES_MAX = 64;
export const ENTRIES_MAX = 64;
/** Entries, introductions and starts of one WELCOME, each. */
export const WELCOME_ITEMS_MAX = 64;
/** All entries of one ENTRIES together. */
export const ENTRIES_BYTES_MAX = CHUNK_BYTES_MAX;

/** Logs and ranges that a question for history names, and runs in one of its answers. */
export const BACKFILL_LOGS_MAX = 128;
export const BACKFILL_RANGES_MAX = 32;
export const CHUNK_RUNS_MAX = 128;
/** The body of a log.open, with ten certificates. */
export const WRITER_BYTES_MAX = 11 * 1_024;

/** History that lies at a relay: chunks of one blob, and all of them together. */
export const HISTORY_CHUNKS_MAX = 9;
export const HISTORY_BYTES_MAX = 1_024 * 1_024;

/** A cursor speaks about so many logs of its channel, and so many ranges in each. */
export const CURSOR_LOGS_MAX = 64;
export const CURSOR_RANGES_MAX = 32;
/** Two vectors of so many logs, and what stands around them. */
export const CURSOR_BYTES_MAX = 64 * 1_024;
export const TYPING_BYTES_MAX = 256;
export const HELLO_BYTES_MAX = 256;
/** Both entries together: as much as fits an envelope. Larger ones are shown without their bodies. */
export const FORK_PROOF_BYTES_MAX = CHUNK_BYTES_MAX;
/** Proofs that go along with a vector. */
export const VECTOR_FORKS_MAX = 4;

export const NAME_CHARS_MAX = 64;

assert(ENTRIES_BYTES_MAX + 4 * ENTRIES_MAX + 64 < SESSION_BYTES_MAX, "full ENTRIES fit a session");
assert(SESSION_BYTES_MAX * 1.12 + 4_096 < BODY_BYTES_MAX, "a padded session message fits a body");
assert(
  2 * CURSOR_LOGS_MAX * (36 + CURSOR_RANGES_MAX * 11) + 256 < CURSOR_BYTES_MAX,
  "full cursors fit",
);
assert(
  HISTORY_CHUNKS_MAX * (SESSION_BYTES_MAX + 8) + 16 < HISTORY_BYTES_MAX,
  "the largest chunks fit a blob of history",
);
