import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { Bug } from "../../../crypto/base/assert.ts";
import { concat } from "../../../crypto/base/bytes.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { HAND_OVER_BYTES } from "../../../crypto/chain/sender-chain.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import { signCursor } from "../../../sync/payload/cursor.ts";
import { signHello } from "../../../sync/payload/hello.ts";
import { SESSION_BYTES_MAX, SESSION_PAYLOADS_MAX } from "../../../sync/payload/limits.ts";
import {
  decodePayload,
  decodeSession,
  encodePayload,
  encodeSession,
} from "../../../sync/payload/payload.ts";
import { signTyping } from "../../../sync/payload/typing.ts";
import { ENTRY_BYTES_MAX } from "../../../sync/wire/limits.ts";
import {
  codeOf,
  type Layer,
  layerOf,
  PAYLOAD_TYPES,
  type PayloadType,
} from "../../../sync/wire/payload-types.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";
import { signer } from "../entry/signed-entry.ts";
import { introduced } from "./introduced.ts";

beforeAll(() => ready);

const LAYERS: readonly Layer[] = ["session", "chain", "live"];
const [channel, device] = [bytesOf(16, 1), bytesOf(16, 2)];

type Samples = { readonly [T in PayloadType]: Uint8Array };
let made: Samples | undefined;

/** One good payload of every type. */
const samples = (): Samples => (made ??= makeSamples());

function makeSamples(): Samples {
  const { contact } = introduced(1);
  const key = signer().secretKey;
  return {
    contact: encodePayload("contact", contact),
    contactAccept: encodePayload("contactAccept", contact),
    chain: encodePayload("chain", {
      channel,
      chain: bytesOf(HAND_OVER_BYTES, 3),
      incarnation: bytesOf(16, 4),
      card: null,
      acctState: bytesOf(32, 5),
    }),
    facts: encodePayload("facts", { facts: contact.facts }),
    card: encodePayload("card", { card: bytesOf(200, 6) }),
    nack: encodePayload("nack", { tags: [bytesOf(16, 7)] }),
    want: encodePayload("want", { channel, log: bytesOf(16, 8), ranges: [[1, 3]] }),
    entries: encodePayload("entries", { entries: [bytesOf(300, 9)] }),
    profile: encodePayload("profile", { name: "Ada" }),
    backfill: encodePayload("backfill", { channel, held: [] }),
    chunk: encodePayload("chunk", { channel, read: [], writers: [], runs: [], left: 0 }),
    presync: encodePayload("presync", { channels: [{ channel, entries: 41 }] }),
    welcome: encodePayload("welcome", {
      channel,
      entries: [bytesOf(300, 11)],
      introductions: [{ account: bytesOf(32, 12), introduction: bytesOf(80, 13) }],
      starts: [{ log: bytesOf(16, 14), seq: 7 }],
    }),
    blobWant: encodePayload("blobWant", { channel, id: bytesOf(32, 40) }),
    historyBlob: encodePayload("historyBlob", {
      channel,
      id: bytesOf(32, 41),
      key: bytesOf(32, 42),
      bytes: 700_000,
    }),
    rosterWant: encodePayload("rosterWant", { channel }),
    join: encodePayload("join", { channel, tag: bytesOf(16, 15), proof: bytesOf(32, 16) }),
    joinAnswer: encodePayload("joinAnswer", { channel, tag: bytesOf(16, 15), answer: "refused" }),
    vector: encodePayload("vector", {
      channel,
      asks: true,
      logs: [
        {
          log: bytesOf(16, 15),
          known: { floor: 3, ranges: [[5, 6]] },
          head: 3,
          hash8: bytesOf(8, 21),
        },
      ],
      forks: [{ first: bytesOf(80, 16), second: bytesOf(80, 17) }],
    }),
    cursorWant: encodePayload("cursorWant", { channel }),
    cardWant: encodePayload("cardWant", { accounts: [bytesOf(32, 22)] }),
    cards: encodePayload("cards", { introductions: [bytesOf(80, 23)] }),
    entry: encodePayload("entry", bytesOf(300, 10)),
    rosterPart: encodePayload("rosterPart", { entries: [bytesOf(300, 9)] }),
    cursor: encodePayload(
      "cursor",
      signCursor({ channel, device, counter: 1, delivered: [], read: [] }, key),
    ),
    typing: encodePayload("typing", signTyping({ channel, device, atMs: 1 }, key)),
    hello: encodePayload(
      "hello",
      signHello(
        { channel, device, counter: 1, digest: bytesOf(16, 18), count: 2, asks: true },
        key,
      ),
    ),
    forkProof: encodePayload("forkProof", { first: bytesOf(80, 19), second: bytesOf(80, 20) }),
  };
}

decoderContract<Uint8Array, unknown>("session message", {
  values: fc
    .uniqueArray(fc.constantFrom("contact", "chain", "want", "profile", "nack"), { minLength: 1 })
    .map((types) => encodeSession(types.map((type) => samples()[type as PayloadType]))),
  encode: (bytes) => bytes,
  decode: decodeSession,
  expected: () => ({ payloads: expect.any(Array), refused: [] }),
});

test("[PL1] every payload arrives by its own layer, as what it was sent", () => {
  for (const [type, bytes] of Object.entries(samples())) {
    const decoded = decodePayload(layerOf(type as PayloadType), bytes);
    expect(decoded).toMatchObject({ ok: true, value: { type } });
  }
});

test("[PL1] no payload arrives by any other layer", () => {
  let tried = 0;
  for (const [payload, bytes] of Object.entries(samples())) {
    for (const layer of LAYERS.filter((each) => each !== layerOf(payload as PayloadType))) {
      const error = { type: "PayloadLayerWrong", payload, layer };
      expect(decodePayload(layer, bytes)).toEqual({ ok: false, error });
      tried += 1;
    }
  }
  expect(tried).toBe(2 * Object.keys(PAYLOAD_TYPES).length);
});

test("[PL1] what cannot arrive by a session cannot be sent by one", () => {
  const { entry, cursor, typing, profile } = samples();
  for (const payload of [entry, cursor, typing, new Uint8Array(0)]) {
    expect(() => encodeSession([profile, payload])).toThrow(Bug);
  }
});

test("[PL1] an unknown code, no code, and a bad body are told apart", () => {
  const errorOf = (bytes: Uint8Array): unknown => decodePayload("session", bytes);
  const unknown = { type: "PayloadTypeUnknown", code: 0x7f };
  expect(errorOf(Uint8Array.of(0x7f, 0))).toEqual({ ok: false, error: unknown });
  expect(errorOf(new Uint8Array(0))).toEqual({ ok: false, error: { type: "PayloadEmpty" } });
  const malformed = { ok: false, error: { type: "CborMalformed" } };
  expect(errorOf(Uint8Array.of(codeOf("profile")))).toEqual(malformed);
});

test("[PL1] an entry over its bound is refused before anybody reads it", () => {
  const entry = concat(Uint8Array.of(codeOf("entry")), new Uint8Array(ENTRY_BYTES_MAX + 1));
  const error = { type: "TooLarge", bytes: ENTRY_BYTES_MAX + 1, limit: ENTRY_BYTES_MAX };
  expect(decodePayload("chain", entry)).toEqual({ ok: false, error });
});

test("[PL1] no bytes make a payload throw, by whatever layer", () => {
  const codes = Object.values(PAYLOAD_TYPES).map(({ code }) => code);
  fc.assert(
    fc.property(
      fc.constantFrom(...LAYERS),
      fc.constantFrom(...codes, 0, 0xff),
      fc.uint8Array({ maxLength: 200 }),
      (layer, code, body) => {
        const decoded = decodePayload(layer, concat(Uint8Array.of(code), body));
        expect(typeof decoded.ok).toBe("boolean");
      },
    ),
    { numRuns: 2_000 },
  );
});

test("[PL2] a first flight carries a contact and a chain, in that order", () => {
  const { contact, chain } = samples();
  const decoded = decodeSession(encodeSession([contact, chain]));
  expect(decoded.ok && decoded.value.payloads.map(({ type }) => type)).toEqual([
    "contact",
    "chain",
  ]);
});

test("[PL2] a bad or unknown payload spoils none of the others", () => {
  const { profile, entry } = samples();
  const bytes = encodeCbor([Uint8Array.of(0x7f), entry, profile, Uint8Array.of(0x06, 0xff)]);
  expect(decodeSession(bytes)).toMatchObject({
    ok: true,
    value: {
      payloads: [{ type: "profile", body: { name: "Ada" } }],
      refused: [
        { type: "PayloadTypeUnknown", code: 0x7f },
        { type: "PayloadLayerWrong", payload: "entry", layer: "session" },
        { type: "CborMalformed" },
      ],
    },
  });
});

test("[PL2] of several introductions in one message the first alone is read", () => {
  const { contact, profile } = samples();
  const decoded = decodeSession(encodeSession([contact, contact, profile, contact]));
  const tooMany = { type: "IntroductionsTooMany", limit: 1 };
  expect(decoded).toMatchObject({ ok: true, value: { refused: [tooMany, tooMany] } });
  expect(decoded.ok && decoded.value.payloads.map(({ type }) => type)).toEqual([
    "contact",
    "profile",
  ]);
});

test("[PL2] refuses no payloads, too many, an empty one, and too many bytes", () => {
  const { profile } = samples();
  const errorOf = (payloads: readonly Uint8Array[]): unknown => {
    const decoded = decodeSession(encodeCbor(payloads));
    return decoded.ok ? "decoded" : decoded.error;
  };
  const many = Array.from({ length: SESSION_PAYLOADS_MAX + 1 }, () => profile);
  expect(errorOf([])).toEqual({ type: "ShapeWrong", at: "" });
  expect(errorOf(many)).toEqual({ type: "ShapeWrong", at: "" });
  expect(errorOf(many.slice(1))).toBe("decoded");
  expect(errorOf([profile, new Uint8Array(0)])).toEqual({ type: "ShapeWrong", at: "1" });
  const bytes = SESSION_BYTES_MAX + 1;
  const error = { type: "TooLarge", bytes, limit: SESSION_BYTES_MAX };
  expect(decodeSession(new Uint8Array(bytes))).toEqual({ ok: false, error });
  expect(() => encodeSession(many)).toThrow(Bug);
});
