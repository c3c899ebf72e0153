/** Files that the `age` command wrote once (Debian's age 1.1.1): they open for ever. */
import { beforeAll, expect, test, vi } from "vitest";

import {
  backupIdentityOf,
  type BackupKey,
  backupRecipientOf,
  openBackup,
} from "../../../crypto/backup/backup.ts";
import { backupKeyOf, backupSeedOf } from "../../../crypto/backup/backup-key.ts";
import { stretched } from "../../../crypto/backup/scrypt.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { bytesOf, textOf } from "../../crypto/people.ts";

beforeAll(() => ready);

/** age's own scrypt work takes a second. */
vi.setConfig({ testTimeout: 60_000 });

const IDENTITY = "AGE-SECRET-KEY-1NZTRVL6X9YWUTF9TFZK3JYZE0F8VR9WSXKDZWQDQA8K7KXYVQL2SCN24F6";
const RECIPIENT = "age1clp5n87x4qtv0g506v8mc3egzf757e0s2se4r0qtny302lqj8u5sj6fq9s";
const BY_KEY =
  "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBsT3hSZ2RqSkp3UFZ6aitGZFZNMG5vdTVnU0NzZGRRTEZ5bkxMME1sWlhvCkJBeW04VUJSZzdUS3pWTTF3NEx4Y0VRdzR6dHBrT2Z4Ui9aRC8zM2l2QzAKLS0tIE50N0t3QWRtMjlqQVRrRHBRRld5dmROMEpueEk5Kys4bUdySU1pRG9yRWcK57qSb6Iy+iIxUgxhs09x3uVbJU6jR05fU4hn5jCvyA/hxlxuf2kxzehRA+FZBNHbrSyHMxfrfew36zf2SfsrMpGUiXWpkr4=";
const BY_PASSPHRASE =
  "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBVMEttTkdJOVhPRTJObjB0cGVqb1RnIDE4CmRpcUJsVDU2QTduTitGZGt5dENVdEtEV0tqMUgrTktHZ0I0TlowYkhWWncKLS0tIExRQnJnZElRY3ZkT2Fsa2RrbFBrZzRUb2NLYjJoRUt2cEgwQWprUWZaME0KoSVM9/gQjflvcun1cnKbE+xwCPPn4zf/u1vzkTXoGMxoull7aShs8NSN2VJODec3qscVTnaBvrhAvjZDiD4Xr4aBA7h8Ya0=";

test("[BK7] the account's age key is the one it has always been", async () => {
  expect(await backupIdentityOf(backupSeedOf(bytesOf(32, 9)))).toBe(IDENTITY);
  expect(await backupRecipientOf(backupKeyOf(bytesOf(32, 9)))).toBe(RECIPIENT);
});

const files: readonly (readonly [string, string, BackupKey])[] = [
  ["the account's key", BY_KEY, { identity: IDENTITY }],
  [
    "a passphrase",
    BY_PASSPHRASE,
    { passphrase: "correct horse battery staple", stretch: async (ask) => stretched(ask) },
  ],
];
test.each(files)("[BK7] a file that age sealed to %s opens", async (_, file, key) => {
  const backup = await openBackup([Buffer.from(file, "base64")], key);
  expect(backup.ok).toBe(true);
  if (!backup.ok) return;
  const pieces = await Array.fromAsync(backup.value);
  expect(pieces).toEqual([{ ok: true, value: textOf("written by the age command") }]);
});
