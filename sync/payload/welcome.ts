/**
 * WELCOME and ROSTER_WANT: what makes somebody a member who can read and write in a group, and the
 * question for it. Entries and introductions are not verified here. docs/protocol/groups.md, [GP9].
 *
 *     welcome     cbor [channel, entries, introductions, starts]
 *     rosterWant  cbor [channel]
 *     introductions = [[account, introduction] …],  starts = [[log, seq] …]
 */
import type { Result } from "../../crypto/base/result.ts";
import { ACCOUNT_ID_BYTES } from "../../crypto/identity/account.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { LOG_ID_BYTES } from "../entry/entry.ts";
import { SEQ_MAX } from "../log/known.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { INTRODUCTION_BYTES_MAX, SESSION_BYTES_MAX, WELCOME_ITEMS_MAX } from "./limits.ts";

export type Introduced = {
  readonly account: Uint8Array;
  /** crypto/identity/introduction.ts. */
  readonly introduction: Uint8Array;
};

/** The first entry of a log that its receiver may be served. */
export type Start = { readonly log: Uint8Array; readonly seq: number };

export type Welcome = {
  readonly channel: Uint8Array;
  /** The ops of the roster, and before each the `log.open` of its log. */
  readonly entries: readonly Uint8Array[];
  readonly introductions: readonly Introduced[];
  readonly starts: readonly Start[];
};

export type RosterWant = { readonly channel: Uint8Array };

const WELCOME: Shape<Welcome> = recordShape<Welcome>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  entries: listShape(bytesUpTo(ENTRY_BYTES_MAX, 1), WELCOME_ITEMS_MAX),
  introductions: listShape(
    recordShape<Introduced>({
      account: bytesShape(ACCOUNT_ID_BYTES),
      introduction: bytesUpTo(INTRODUCTION_BYTES_MAX, 1),
    }),
    WELCOME_ITEMS_MAX,
  ),
  starts: listShape(
    recordShape<Start>({ log: bytesShape(LOG_ID_BYTES), seq: uintShape(SEQ_MAX, 1) }),
    WELCOME_ITEMS_MAX,
  ),
});

const ROSTER_WANT: Shape<RosterWant> = recordShape<RosterWant>({
  channel: bytesShape(CHANNEL_ID_BYTES),
});

export const encodeWelcome = (welcome: Welcome): Uint8Array => encodeShaped(WELCOME, welcome);

export const decodeWelcome = (bytes: Uint8Array): Result<Welcome, DecodeError> =>
  decodeShaped(WELCOME, bytes, SESSION_BYTES_MAX);

export const encodeRosterWant = (want: RosterWant): Uint8Array => encodeShaped(ROSTER_WANT, want);

export const decodeRosterWant = (bytes: Uint8Array): Result<RosterWant, DecodeError> =>
  decodeShaped(ROSTER_WANT, bytes, SESSION_BYTES_MAX);
