import { expect, test } from "vitest";

import {
  answerStretch,
  type FromStretch,
} from "../../../../app/features/recovery/stretch-answer.ts";
import { stretched } from "../../../../crypto/backup/scrypt.ts";

const ASK = { passphrase: "correct horse battery staple", salt: new Uint8Array(16), logN: 12 };

test("[ATA1] it says how far it is some hundred times, and then the key", () => {
  const said: FromStretch[] = [];
  answerStretch(ASK, (it) => said.push(it));
  expect(said.at(-1)).toEqual({ type: "key", key: stretched(ASK) });
  const shares = said.flatMap((it) => (it.type === "share" ? [it.share] : []));
  expect(said).toHaveLength(shares.length + 1);
  expect(shares).toEqual([...new Set(shares)].toSorted((x, y) => x - y));
  expect(shares.length).toBeGreaterThan(50);
  expect(shares.length).toBeLessThanOrEqual(100);
  expect(shares.at(-1)).toBe(1);
});
