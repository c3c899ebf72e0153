import fc from "fast-check";
import { expect, test } from "vitest";

import { emojiOf, SAS_EMOJI } from "../../../crypto/verify/emoji.ts";
import { bytesOf } from "../people.ts";

const namesOf = (hash: Uint8Array): readonly string[] => emojiOf(hash).map((it) => it.name);

test("[SA1] seven pictures of 64, six bits each, the first bits first", () => {
  const all = Array.from({ length: 64 }, (_, i) => emojiOf(bytesOf(6, i << 2))[0]!);
  expect(new Set(all.map((it) => it.emoji)).size).toBe(64);
  expect(new Set(all.map((it) => it.name)).size).toBe(64);
  expect([all[0], all[21], all[37], all[63]]).toEqual([
    { emoji: "🐶", name: "Dog" },
    { emoji: "☁️", name: "Cloud" },
    { emoji: "☂️", name: "Umbrella" },
    { emoji: "📌", name: "Pin" },
  ]);
  // 000001 000010 000011 000100 000101 000110 000111, then bits that do not count
  const counted = Uint8Array.of(0x04, 0x20, 0xc4, 0x14, 0x61, 0xff);
  expect(namesOf(counted)).toEqual([
    "Cat",
    "Lion",
    "Horse",
    "Unicorn",
    "Pig",
    "Elephant",
    "Rabbit",
  ]);
});

test("[SA1] any difference in the first 42 bits is seen", () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(hash, fc.nat(41), (bytes, bit) => {
      const other = bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
      expect(namesOf(bytes)).toHaveLength(SAS_EMOJI);
      expect(namesOf(other)).not.toEqual(namesOf(bytes));
    }),
  );
});
