/** Bytes that must never change: entries, payloads and a session message, frozen as JSON. */
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { signKeyPairOf } from "../../../crypto/sign.ts";
import {
  decodeEntry,
  type Draft,
  encodeEntry,
  entryIdOf,
  logIdOf,
  signEntry,
  verifyEntry,
  withoutBody,
} from "../../../sync/entry/entry.ts";
import { publicIdOf } from "../../../sync/entry/public-id.ts";
import {
  decodePayload,
  decodeSession,
  encodePayload,
  type SentBodies,
} from "../../../sync/payload/payload.ts";
import {
  type Layer,
  layerOf,
  PAYLOAD_TYPES,
  type PayloadType,
} from "../../../sync/wire/payload-types.ts";
import entryVectors from "./entries.json" with { type: "json" };
import { bytesOf, type Json, jsonOf, valueOf } from "./hex-json.ts";
import payloadVectors from "./payloads.json" with { type: "json" };

beforeAll(() => ready);

type EntryVector = {
  readonly name: string;
  readonly draft: Json;
  readonly body: Json;
  readonly entryId: Json;
  readonly publicId: string;
  readonly bytes: string;
  readonly deleted: string;
};
type PayloadVector = {
  readonly type: string;
  readonly layer: string;
  readonly body: Json;
  readonly bytes: string;
};
const entries = entryVectors.entries as readonly EntryVector[];
const payloads = payloadVectors.payloads as readonly PayloadVector[];

test.each(entries)("[EN1] signs $name to the frozen bytes, and reads them", (vector) => {
  const key = signKeyPairOf(bytesOf(entryVectors.seed));
  const draft = valueOf(vector.draft) as Draft;
  const body = valueOf(vector.body) as Uint8Array;
  const { bytes, entry } = signEntry(draft, body, bytesOf(entryVectors.salt), key.secretKey);
  expect(jsonOf(bytes)).toEqual({ hex: vector.bytes });
  expect(jsonOf(encodeEntry(withoutBody(entry)))).toEqual({ hex: vector.deleted });
  expect(jsonOf(entryIdOf(entry.coreBytes))).toEqual(vector.entryId);
  expect(publicIdOf(draft.hlc, draft.log, draft.seq)).toBe(vector.publicId);
  for (const frozen of [vector.bytes, vector.deleted]) {
    const decoded = decodeEntry(bytesOf(frozen));
    expect(decoded).toMatchObject({ ok: true, value: { core: draft } });
    expect(decoded.ok && verifyEntry(decoded.value, key.publicKey).ok).toBe(true);
  }
});

test("[EN9] the log of the vectors follows from key, channel and incarnation", () => {
  const { publicKey } = signKeyPairOf(bytesOf(entryVectors.seed));
  const { channel, log } = valueOf(entries[0]?.draft ?? null) as Draft;
  expect(logIdOf(publicKey, channel, bytesOf(entryVectors.incarnation))).toEqual(log);
});

test.each(payloads)("[PL1] encodes $type to the frozen bytes, and reads them", (vector) => {
  const type = vector.type as PayloadType;
  const body = valueOf(vector.body) as SentBodies[typeof type];
  expect(jsonOf(encodePayload(type, body))).toEqual({ hex: vector.bytes });
  const decoded = decodePayload(vector.layer as Layer, bytesOf(vector.bytes));
  expect(decoded).toMatchObject({ ok: true, value: { type, body } });
});

test("[PL1] there is a vector of every payload, with the layer that it may come by", () => {
  const types = payloads.map(({ type }) => type as PayloadType);
  expect(types.toSorted()).toEqual(Object.keys(PAYLOAD_TYPES).toSorted());
  for (const { type, layer } of payloads) expect(layer).toBe(layerOf(type as PayloadType));
});

test("[PL2] reads the frozen first flight", () => {
  const { types, bytes } = payloadVectors.session;
  const decoded = decodeSession(bytesOf(bytes));
  expect(decoded.ok && decoded.value.payloads.map(({ type }) => type)).toEqual(types);
  expect(decoded.ok && decoded.value.refused).toEqual([]);
});
