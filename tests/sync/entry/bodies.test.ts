import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import {
  type BodyType,
  CERTIFICATE_BYTES_MAX,
  CERTIFICATE_CHAIN_MAX,
  decodeBody,
  encodeBody,
  encodeMessage,
  LATER_FIELDS_MAX,
} from "../../../sync/entry/bodies.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import { plainMessage } from "../../../sync/entry/plain-message.ts";
import { TEXT_BYTES_MAX } from "../../../sync/entry/text.ts";
import { ENTRY_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { decoderContract } from "../decoder.contract.ts";
import { anyBody } from "./any-body.ts";
import { filled } from "./signed-entry.ts";

type Cbor = Parameters<typeof encodeCbor>[0];

for (const type of Object.keys(anyBody) as BodyType[]) {
  decoderContract<object, unknown>(type, {
    values: anyBody[type],
    encode: (body) => encodeBody(type, body as never),
    decode: (bytes) => decodeBody(KINDS[type].number, bytes),
    expected: (body) => ({ type, ...body }),
  });
}

const wrongAt = (at: string): unknown => ({ ok: false, error: { type: "ShapeWrong", at } });
const reading = (type: BodyType, fields: Cbor): unknown =>
  decodeBody(KINDS[type].number, encodeCbor(fields));
const isRead = (type: BodyType, fields: Cbor): boolean =>
  decodeBody(KINDS[type].number, encodeCbor(fields)).ok;

const times = (count: number, it: Cbor): readonly Cbor[] => Array.from({ length: count }, () => it);

const REF: readonly Cbor[] = [filled(16, 1), 7, filled(16, 2)];
const ACCOUNT = filled(32, 3);
const CHANNEL = filled(16, 4);
const BLOB: readonly Cbor[] = [filled(32, 5), filled(32, 6), 9, ["https://relay.example"]];
const FILE: readonly Cbor[] = [BLOB, "image/png", "a.png"];
/** A valid body of each type, all fields there. */
const FULL: { readonly [T in BodyType]: readonly Cbor[] } = {
  message: ["hi", [REF, "what?"], [[ACCOUNT, 0, 2]], [FILE], BLOB, true],
  edit: [REF, "hi", [[ACCOUNT, 0, 2]], BLOB],
  reaction: [REF, "👍", true],
  delete: [REF],
  pin: [REF, false],
  meta: ["title", "topic", [BLOB], 2, [60_000, 1]],
  system: [3, [ACCOUNT], "text"],
  link: [CHANNEL, [ACCOUNT, 5, 1_800_000_000, true, "https://relay.example"], null],
  logOpen: [filled(32, 7), [filled(250, 8)], filled(16, 9)],
  mark: [CHANNEL, 1, [REF, true]],
  contact: [filled(300, 10), 1, filled(32, 11), null, 12],
  wordsKept: [filled(32, 12)],
  ydoc: ["settings", [1, 2], filled(20, 13)],
  ydocSnapshot: ["settings", [], filled(20, 14)],
  logClose: [filled(16, 15), 7, filled(32, 16)],
  deviceName: [filled(16, 17), "Laptop"],
  ownName: ["Ann"],
};

test("[BO1] the text of a message has at most 32,768 bytes", () => {
  expect(TEXT_BYTES_MAX).toBe(32_768);
  expect(isRead("message", ["a".repeat(TEXT_BYTES_MAX)])).toBe(true);
  expect(reading("message", ["a".repeat(TEXT_BYTES_MAX + 1)])).toEqual(wrongAt("text"));
  expect(reading("message", ["é".repeat(TEXT_BYTES_MAX / 2 + 1)])).toEqual(wrongAt("text"));
  expect(reading("message", [1])).toEqual(wrongAt("text"));
});

test("[MB3] a plain text is signed as [text], as ever, and what says nothing is left out", () => {
  expect(encodeMessage({ text: "hi" })).toEqual(encodeCbor(["hi"]));
  const forwarded = encodeBody("message", { ...plainMessage("hi"), forwarded: true });
  expect(forwarded).toEqual(encodeCbor(["hi", null, [], [], null, true]));
  const mentioned = encodeBody("message", {
    ...plainMessage("hi"),
    mentions: [{ account: ACCOUNT, start: 0, length: 2 }],
  });
  expect(mentioned).toEqual(encodeCbor(["hi", null, [[ACCOUNT, 0, 2]]]));
});

test("[MB4] fields that are missing at the end of a message say nothing", () => {
  const plain = { ok: true, value: { type: "message", ...plainMessage("hi") } };
  const rest: readonly Cbor[] = [null, [], [], null, false];
  for (let length = 0; length <= rest.length; length += 1) {
    expect(reading("message", ["hi", ...rest.slice(0, length)])).toEqual(plain);
  }
  expect(reading("message", [])).toEqual(wrongAt(""));
  expect(reading("message", ["hi", null, null])).toEqual(wrongAt("mentions"));
});

test.each(Object.keys(FULL) as BodyType[])(
  "[BO3] fields that a newer app added to a body of type %s are passed over",
  (type) => {
    const later: readonly Cbor[] = Array.from({ length: LATER_FIELDS_MAX }, (_, i) => [i, "new"]);
    const read = reading(type, FULL[type]);
    expect(read).toMatchObject({ ok: true, value: { type } });
    expect(reading(type, [...FULL[type], ...later])).toEqual(read);
    expect(reading(type, [...FULL[type], ...later, 1])).toEqual(wrongAt(""));
  },
);

test("[MB5] a message without words has attachments", () => {
  expect(reading("message", [""])).toEqual(wrongAt(""));
  expect(isRead("message", ["", null, [], [FILE]])).toBe(true);
});

test.each<[string, BodyType, readonly Cbor[], string]>([
  ["[MB1] a target without its id", "delete", [[filled(16, 1), 7]], "target"],
  ["[MB1] a target of a short id", "delete", [[filled(16, 1), 7, filled(8, 2)]], "target.id"],
  ["[MB1] a target number 0", "delete", [[filled(16, 1), 0, filled(16, 2)]], "target.seq"],
  [
    "[MB2] an empty blob",
    "edit",
    [REF, "a", [], [filled(32, 5), filled(32, 6), 0, []]],
    "whole.bytes",
  ],
  [
    "[MB2] three relays",
    "edit",
    [REF, "a", [], [...BLOB.slice(0, 3), ["a", "b", "c"]]],
    "whole.relays",
  ],
  ["[MB2] a nameless type", "message", ["a", null, [], [[BLOB, "", "n"]]], "attachments.0.type"],
  ["[MB2] 17 attachments", "message", ["a", null, [], times(17, FILE)], "attachments"],
  ["[MB6] a long quotation", "message", ["a", [REF, "q".repeat(601)]], "reply.quote"],
  ["[MB7] an empty mention", "message", ["a", null, [[ACCOUNT, 0, 0]]], "mentions.0.length"],
  ["[MB7] a mention of nobody", "message", ["a", null, [[CHANNEL, 0, 1]]], "mentions.0.account"],
  ["[MB7] 65 mentions", "message", ["a", null, times(65, [ACCOUNT, 0, 1])], "mentions"],
  ["[MB8] an edit without a target", "edit", ["a", [], null, 1], "target"],
  ["[MB9] a reaction that is no emoji", "reaction", [REF, "ha", true], "emoji"],
  ["[MB9] a reaction that is neither on nor off", "reaction", [REF, "👍", 1], "on"],
  ["[MB10] a deletion of nothing", "delete", [], ""],
  ["[MB11] a pin that is neither on nor off", "pin", [REF, null], "on"],
  ["[MB12] a long title", "meta", ["t".repeat(257), null, null, null, null], "title"],
  ["[MB12] a long topic", "meta", [null, "t".repeat(2_049), null, null, null], "topic"],
  ["[MB12] two pictures", "meta", [null, null, [BLOB, BLOB], null, null], "picture"],
  ["[MB12] an unknown policy", "meta", [null, null, null, 4, null], "history"],
  ["[MB12] a lifetime under a second", "meta", [null, null, null, null, [999, 1]], "timer"],
  ["[MB12] a lifetime of years", "meta", [null, null, null, null, [4e10, 1]], "timer.lifetimeMs"],
  ["[MB12] an unknown start", "meta", [null, null, null, null, [1_000, 3]], "timer.from"],
  ["[MB13] a system note about 17", "system", [1, times(17, ACCOUNT), ""], "accounts"],
  ["[GL1] a link for nobody", "link", [CHANNEL, [ACCOUNT, 0, 1, true, ""], null], "made.uses"],
  ["[GL1] a link for 501", "link", [CHANNEL, [ACCOUNT, 501, 1, true, ""], null], "made.uses"],
  [
    "[GL1] a link without a secret",
    "link",
    [CHANNEL, [CHANNEL, 1, 1, true, ""], null],
    "made.secret",
  ],
  [
    "[GL1] a link made and refused at once",
    "link",
    [CHANNEL, [ACCOUNT, 1, 1, true, ""], ACCOUNT],
    "",
  ],
  ["[MB14] a mark of no channel", "mark", [ACCOUNT, 1, [REF, true]], "channel"],
  ["[MB14] a star without a target", "mark", [CHANNEL, 1, [true]], ""],
  ["[MB14] a mute that is no time", "mark", [CHANNEL, 3, [-1]], "untilMs"],
])("%s is refused", (_, type, fields, at) => {
  expect(reading(type, fields)).toEqual(wrongAt(at));
});

test("[MB12] what a meta body leaves null stays, and a field can be emptied", () => {
  const emptied = reading("meta", ["", "", [], 1, [0, 2]]);
  expect(emptied).toEqual({
    ok: true,
    value: {
      type: "meta",
      title: "",
      topic: "",
      picture: [],
      history: "none",
      timer: { lifetimeMs: 0, from: "sent" },
    },
  });
  expect(reading("meta", [null, null, null, null, null])).toMatchObject({
    value: { title: null, topic: null, picture: null, history: null, timer: null },
  });
});

test("[MB15] a mark of a newer app is no error", () => {
  const value = { type: "mark", channel: CHANNEL, what: "unknown", number: 999 };
  expect(reading("mark", [CHANNEL, 999, ["anything"]])).toEqual({ ok: true, value });
});

test("[BO2] log.open names account, certificates and incarnation", () => {
  const [key, incarnation] = [filled(32, 1), filled(16, 2)];
  const certificate = filled(250, 3);
  const chain = Array.from({ length: CERTIFICATE_CHAIN_MAX + 1 }, () => certificate);
  expect(reading("logOpen", [filled(31, 1), [certificate], incarnation])).toEqual(
    wrongAt("accountKey"),
  );
  expect(reading("logOpen", [key, [], incarnation])).toEqual(wrongAt("certificates"));
  expect(reading("logOpen", [key, chain, incarnation])).toEqual(wrongAt("certificates"));
  const long = filled(CERTIFICATE_BYTES_MAX + 1, 3);
  expect(reading("logOpen", [key, [certificate, long], incarnation])).toEqual(
    wrongAt("certificates.1"),
  );
  expect(reading("logOpen", [key, [certificate], filled(15, 2)])).toEqual(wrongAt("incarnation"));
});

test("[BO4] an entry of an unknown kind is no error, whatever its body", () => {
  for (const kind of [0, 6, 10, 16, 65_535]) {
    const unknown = { ok: true, value: { type: "unknown", kind } };
    expect(decodeBody(kind, Uint8Array.of(0xff, 0xff))).toEqual(unknown);
  }
});

test("[BO1] refuses a body over the bound of an entry", () => {
  const error = { type: "TooLarge", bytes: ENTRY_BYTES_MAX + 1, limit: ENTRY_BYTES_MAX };
  const bytes = new Uint8Array(ENTRY_BYTES_MAX + 1);
  expect(decodeBody(KINDS.message.number, bytes)).toEqual({ ok: false, error });
});

test("[MB16] the largest message fits an entry", () => {
  const url = "r".repeat(256);
  const blob = { id: filled(32, 1), key: filled(32, 2), bytes: 2 ** 53 - 1, relays: [url, url] };
  const file = { blob, type: "t".repeat(128), name: "n".repeat(255) };
  const bytes = encodeBody("message", {
    text: "a".repeat(TEXT_BYTES_MAX),
    reply: { target: { log: CHANNEL, seq: 2 ** 32 - 1, id: CHANNEL }, quote: "q".repeat(600) },
    mentions: Array.from({ length: 64 }, () => ({
      account: ACCOUNT,
      start: 200_000,
      length: 200_000,
    })),
    attachments: Array.from({ length: 16 }, () => file),
    whole: blob,
    forwarded: true,
  });
  expect(bytes.length).toBeGreaterThan(50_000);
  expect(bytes.length + 2_048 + 64 + 16 + 32).toBeLessThan(ENTRY_BYTES_MAX);
});
