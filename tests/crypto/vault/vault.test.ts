import { readFileSync } from "node:fs";

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { sodiumAead, subKeysOf } from "../../../crypto/vault/sub-keys.ts";
import {
  type Aead,
  nonceSourceOf,
  openRecord,
  type Place,
  sealRecord,
} from "../../../crypto/vault/vault.ts";
import { answersAnything } from "../decoder.ts";
import { bytesOf, flipped, randomOf, textOf } from "../people.ts";

beforeAll(() => ready);

const nobleAead: Aead = {
  encrypt: (plaintext, context, nonce, key) =>
    xchacha20poly1305(key, nonce, context).encrypt(plaintext),
  decrypt: (box, context, nonce, key) => xchacha20poly1305(key, nonce, context).decrypt(box),
};
const key = bytesOf(32, 1);
const place: Place = { table: "entries", key: textOf("1/2/3") };
const row = textOf("a row");
const sealed = (aead: Aead): Uint8Array =>
  sealRecord(aead, key, place, row, nonceSourceOf(randomOf(1)));

describe("vault", () => {
  test("[VA1] a record opens at its place, by the engine's cipher and by a tab's", () => {
    for (const [one, other] of [
      [sodiumAead, nobleAead],
      [nobleAead, sodiumAead],
    ] as const) {
      expect(openRecord(other, key, place, sealed(one))).toEqual({ ok: true, value: row });
    }
    expect(sealed(sodiumAead)).toEqual(sealed(nobleAead));
  });

  test("[VA2] a record moved to another table, row or key does not open", () => {
    const record = sealed(sodiumAead);
    for (const [k, at] of [
      [bytesOf(32, 2), place],
      [key, { ...place, table: "entriet" }],
      [key, { ...place, key: textOf("1/2/4") }],
      [key, { table: "entrie", key: textOf("s1/2/3") }],
    ] as const) {
      expect(openRecord(sodiumAead, k, at, record).ok).toBe(false);
    }
  });

  test("[VA3] every byte tampered with is refused, by either cipher", () => {
    const record = sealed(sodiumAead);
    for (const aead of [sodiumAead, nobleAead]) {
      expect(openRecord(aead, key, place, flipped(record, 0))).toEqual({
        ok: false,
        error: { type: "RecordVersionUnknown", version: 0 },
      });
      for (let i = 1; i < record.length; i++) {
        expect(openRecord(aead, key, place, flipped(record, i))).toEqual({
          ok: false,
          error: { type: "OpenFailed" },
        });
      }
      answersAnything((bytes) => openRecord(aead, key, place, bytes), record);
    }
  });

  test("[VA4] no nonce comes twice, and randomness is asked for once in 2,730 of them", () => {
    const random = randomOf(2);
    let asked = 0;
    const nonces = nonceSourceOf((bytes) => {
      asked += 1;
      return random(bytes);
    });
    const seen = new Set<string>();
    for (let i = 0; i < 2_731; i++) seen.add(Buffer.from(nonces()).toString("hex"));
    expect([seen.size, asked]).toEqual([2_731, 2]);
  });

  test("[VA5] the sub-keys of one master key are five different keys, always the same", () => {
    const keys = Object.values(subKeysOf(bytesOf(32, 7))).map((it) =>
      Buffer.from(it).toString("hex"),
    );
    expect(new Set(keys).size).toBe(5);
    expect(keys).toEqual(
      Object.values(subKeysOf(bytesOf(32, 7))).map((it) => Buffer.from(it).toString("hex")),
    );
    fc.assert(
      fc.property(fc.nat(31), (at) => {
        const other = subKeysOf(flipped(bytesOf(32, 7), at));
        expect(Buffer.from(other.entries).toString("hex")).not.toBe(keys[0]);
      }),
      { numRuns: 20 },
    );
  });

  test("[VA6] reading a record loads no libsodium: a tab stays light", () => {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const source = readFileSync(new URL(path, import.meta.url), "utf8");
      for (const [, next] of source.matchAll(/^(?:import|\} from).*"(\.[^"]+)";$/gm)) {
        visit(new URL(next!, new URL(path, import.meta.url)).href);
      }
    };
    visit(new URL("../../../crypto/vault/vault.ts", import.meta.url).href);
    expect([...seen].some((path) => path.endsWith("base/bytes.ts"))).toBe(true);
    expect([...seen].filter((path) => path.includes("sodium"))).toEqual([]);
  });
});
