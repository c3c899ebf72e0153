import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { accountIdOf, accountKeysOf } from "../../../crypto/identity/account.ts";
import { deviceIdOf, makeDevice } from "../../../crypto/identity/device.ts";
import { bytesOf, flipped, personOf, randomOf } from "../people.ts";

beforeAll(() => ready);

test("[ID1] the recovery secret alone makes the account key, always the same", () => {
  const { recovery, accountKeys } = personOf(1);
  expect(accountKeysOf(recovery)).toEqual(accountKeys);
  expect(accountKeysOf(flipped(recovery, 0)).publicKey).not.toEqual(accountKeys.publicKey);
  expect(() => accountKeysOf(bytesOf(31, 1))).toThrow("recovery secret length");
});

test("[ID2] ids are hashes, never keys: 32 bytes an account, 16 a device", () => {
  const { accountKeys, account, self } = personOf(1);
  expect(account).toHaveLength(32);
  expect(account).not.toEqual(accountKeys.publicKey);
  const { sigKey, dhKey } = self.keys;
  expect(deviceIdOf(sigKey, dhKey)).toEqual(self.certificate.device);
  expect(deviceIdOf(dhKey, sigKey)).not.toEqual(self.certificate.device);
  expect(self.certificate.account).toEqual(accountIdOf(accountKeys.publicKey));
});

test("[ID3] signing and agreement keys of a device are independent", () => {
  const keys = makeDevice(randomOf(4));
  expect([keys.sigKey, keys.sigSecret, keys.dhKey, keys.dhSecret].map((it) => it.length)).toEqual([
    32, 64, 32, 32,
  ]);
  expect(keys.sigSecret.subarray(0, 32)).not.toEqual(keys.dhSecret);
});
