import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  accountChannelOf,
  dmChannelOf,
  selfChannelOf,
} from "../../../crypto/identity/channel-id.ts";
import { personOf } from "../people.ts";

beforeAll(() => ready);

test("[CI1] channel ids are the same whoever computes them, and different for each use", () => {
  const [a, b] = [personOf(1).account, personOf(2).account];
  expect(dmChannelOf(a, b)).toEqual(dmChannelOf(b, a));
  const ids = [dmChannelOf(a, b), selfChannelOf(a), accountChannelOf(a), dmChannelOf(a, a)];
  expect(new Set(ids.map((id) => Buffer.from(id).toString("hex"))).size).toBe(4);
  expect(ids.map((id) => id.length)).toEqual([16, 16, 16, 16]);
});
