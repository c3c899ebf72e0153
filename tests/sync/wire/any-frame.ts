/** Frames of every type, as fast-check makes them: whatever the codec may be asked to write. */
import fc from "fast-check";

import { ERROR_CODES, type ErrorName } from "../../../sync/wire/error-frame.ts";
import type { Frame, FrameType } from "../../../sync/wire/frames.ts";
import { GOAWAY_REASONS } from "../../../sync/wire/goaway-frame.ts";
import { ID_BYTES, type IdName } from "../../../sync/wire/ids.ts";
import { PUT_STATUS_CODES, type PutStatus } from "../../../sync/wire/ok-frame.ts";
import { VARUINT_MAX } from "../../../sync/wire/varuint.ts";

// Ids are bytes of their length; the brand is theirs by that alone.
const id = (name: IdName) =>
  fc.uint8Array({ minLength: ID_BYTES[name], maxLength: ID_BYTES[name] }) as fc.Arbitrary<never>;
const whole = (max = VARUINT_MAX, min = 0) =>
  fc.oneof(fc.integer({ min, max: Math.min(max, min + 300) }), fc.integer({ min, max }));
const body = fc.uint8Array({ minLength: 1, maxLength: 600 });
const mailboxIndex = whole(3);
const topics = fc.array(id("Topic"), { minLength: 1, maxLength: 5 });

const status: fc.Arbitrary<PutStatus> = fc
  .record({
    name: fc.constantFrom(...(Object.keys(PUT_STATUS_CODES) as PutStatus["status"][])),
    retryAfterMs: whole(),
  })
  .map(({ name, retryAfterMs }) =>
    name === "busy" ? { status: name, retryAfterMs } : { status: name },
  );

const put = fc
  .record({
    type: fc.constant("put" as const),
    request: whole(VARUINT_MAX, 1),
    envelope: id("EnvelopeId"),
    isEphemeral: fc.boolean(),
    isUrgent: fc.boolean(),
    slot: fc.option(id("SlotId")),
    ttlSeconds: whole(2_592_000),
    targets: fc.array(fc.record({ mailbox: id("MailboxId"), token: id("Token") }), {
      minLength: 1,
      maxLength: 5,
    }),
    body,
  })
  .map((frame) => (frame.isEphemeral ? { ...frame, slot: null } : frame));

const msg = fc
  .record({
    type: fc.constant("msg" as const),
    mailboxIndex,
    id: whole(),
    counter: whole(),
    isUrgent: fc.boolean(),
    isSlot: fc.boolean(),
    label: id("Label"),
    envelope: id("EnvelopeId"),
    body,
  })
  .map((frame) => ({ ...frame, isEphemeral: frame.id === 0 }));

const ack = fc
  .record({
    type: fc.constant("ack" as const),
    mailboxIndex,
    ids: fc.uniqueArray(whole(VARUINT_MAX, 1), { minLength: 1, maxLength: 50 }),
  })
  .map((frame) => ({ ...frame, ids: frame.ids.toSorted((a, b) => a - b) }));

const url = fc
  .string({ unit: fc.constantFrom(..."abc/:.0".split("")), minLength: 1, maxLength: 40 })
  .map((path) => `https://${path}`);

export const FRAME_ARBITRARIES: { readonly [Type in FrameType]: fc.Arbitrary<Frame> } = {
  welcome: fc.record({
    type: fc.constant("welcome" as const),
    version: fc.constant(1),
    relayId: id("RelayId"),
    storeInc: id("StoreIncarnation"),
    serverTimeMs: whole(),
    nonce: id("Nonce"),
    limits: fc.record({
      bodyBytesMax: whole(131_072),
      targetsMax: whole(512),
      windowMessages: whole(),
      windowBytes: whole(),
      heartbeatMs: whole(),
    }),
    load: whole(100),
    drainingInMs: whole(),
  }),
  auth: fc.record({
    type: fc.constant("auth" as const),
    mailbox: id("MailboxId"),
    publicKey: id("MailboxKey"),
    signature: id("AuthSignature"),
  }),
  authed: fc.record({
    type: fc.constant("authed" as const),
    mailboxIndex,
    pendingCount: whole(),
    pendingBytes: whole(),
    quotaMessages: whole(),
    quotaBytes: whole(),
  }),
  put,
  ok: fc.record({
    type: fc.constant("ok" as const),
    request: whole(),
    statuses: fc.array(status, { minLength: 1, maxLength: 20 }),
  }),
  msg,
  empty: fc.record({ type: fc.constant("empty" as const), mailboxIndex }),
  ack,
  credit: fc.record({
    type: fc.constant("credit" as const),
    messages: whole(4_096),
    bytes: whole(8 * 1024 * 1024),
  }),
  tsub: fc.record({ type: fc.constant("tsub" as const), topics }),
  tunsub: fc.record({ type: fc.constant("tunsub" as const), topics }),
  tpub: fc.record({
    type: fc.constant("tpub" as const),
    topic: id("Topic"),
    payload: fc.uint8Array({ maxLength: 256 }),
  }),
  tevt: fc.record({
    type: fc.constant("tevt" as const),
    topic: id("Topic"),
    isOnline: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 256 }),
  }),
  twant: fc.record({
    type: fc.constant("twant" as const),
    topic: id("Topic"),
    isWanted: fc.boolean(),
  }),
  ping: fc.record({
    type: fc.constant("ping" as const),
    timeMs: whole(),
    isHidden: fc.boolean(),
  }),
  pong: fc.record({ type: fc.constant("pong" as const), timeMs: whole(), serverTimeMs: whole() }),
  goaway: fc.record({
    type: fc.constant("goaway" as const),
    reason: fc.constantFrom(...GOAWAY_REASONS),
    afterMs: whole(),
    alternatives: fc.array(url, { maxLength: 8 }),
  }),
  err: fc.record({
    type: fc.constant("err" as const),
    error: fc.constantFrom(...(Object.keys(ERROR_CODES) as ErrorName[])),
    request: whole(),
    retryAfterMs: whole(),
  }),
};

export const anyFrame: fc.Arbitrary<Frame> = fc.oneof(...Object.values(FRAME_ARBITRARIES));
