import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Encrypter } from "age-encryption";
import { beforeAll, describe, expect, test, vi } from "vitest";

import { backupKeyOf, backupSeedOf } from "../../../crypto/backup/backup-key.ts";
import {
  backupIdentityOf,
  type BackupKey,
  type BackupLock,
  backupRecipientOf,
  openBackup,
  sealBackup,
} from "../../../crypto/backup/backup.ts";
import { stretched } from "../../../crypto/backup/scrypt.ts";
import { type PassphraseLock, SALT_BYTES } from "../../../crypto/backup/stretch.ts";
import { concat } from "../../../crypto/base/bytes.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { bytesOf, flipped, randomOf, textOf } from "../people.ts";

beforeAll(() => ready);

/** scrypt takes a second each time, on purpose. */
vi.setConfig({ testTimeout: 60_000 });

const secret = bytesOf(32, 9);
const PASSPHRASE = "Grüße an alle 🌻";
const lockedBy = (passphrase: string): PassphraseLock => ({
  passphrase,
  salt: randomOf(7)(SALT_BYTES),
  stretch: async (ask) => stretched(ask),
});
/** An age chunk holds 64 KiB. */
const AGE_CHUNK_BYTES = 65_536;
const HEAD = concat(textOf("kith-backup\0"), Uint8Array.of(1));

async function keysOf(): Promise<{ lock: BackupLock; key: BackupKey }> {
  return {
    lock: { recipient: await backupRecipientOf(backupKeyOf(secret)) },
    key: { identity: await backupIdentityOf(backupSeedOf(secret)) },
  };
}
function* inPieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concat(...all);
}
const sealed = async (content: Uint8Array, lock: BackupLock): Promise<Uint8Array> =>
  await collect(await sealBackup(inPieces(content, 10_000), lock));

/** What came, and the error that ended it. */
async function opened(
  file: Uint8Array,
  key: BackupKey,
  length = 7_000,
): Promise<{ content: Uint8Array; error: unknown }> {
  const backup = await openBackup(inPieces(file, length), key);
  if (!backup.ok) return { content: new Uint8Array(0), error: backup.error };
  const came: Uint8Array[] = [];
  for await (const piece of backup.value) {
    if (!piece.ok) return { content: concat(...came), error: piece.error };
    came.push(piece.value);
  }
  return { content: concat(...came), error: null };
}
/** An age file of ours, with other bytes inside than ours. */
async function ageOf(inside: Uint8Array, lock: BackupLock): Promise<Uint8Array> {
  const age = new Encrypter();
  if ("recipient" in lock) age.addRecipient(lock.recipient);
  return await age.encrypt(inside);
}
const damaged = { type: "BackupDamaged" };

test("[BK1] content comes back, with the account's key, whatever its length and pieces", async () => {
  const { lock, key } = await keysOf();
  for (const length of [0, 1, 100, AGE_CHUNK_BYTES - 13, AGE_CHUNK_BYTES, 300_000]) {
    const content = randomOf(length)(length);
    const file = await sealed(content, lock);
    for (const piece of [1_000, 65_536, 1_000_000]) {
      const got = await opened(file, key, piece);
      expect({ length, piece, error: got.error }).toEqual({ length, piece, error: null });
      expect(Buffer.compare(got.content, content)).toBe(0);
    }
  }
});

test("[BK1] content comes back with a passphrase, typed in either Unicode form", async () => {
  const file = await sealed(textOf("all of it"), lockedBy(PASSPHRASE));
  const typed = lockedBy(PASSPHRASE.normalize("NFD"));
  expect(await opened(file, typed)).toEqual({ content: textOf("all of it"), error: null });
});

test("[BK2] nothing else opens it, and age does not say why", async () => {
  const { lock } = await keysOf();
  const locked = { content: new Uint8Array(0), error: { type: "BackupLocked" } };
  const file = await sealed(textOf("x"), lock);
  expect(await opened(file, { identity: await backupIdentityOf(bytesOf(32, 8)) })).toEqual(locked);
  expect(await opened(file, lockedBy(PASSPHRASE))).toEqual(locked);
  const other = await sealed(textOf("x"), lockedBy(PASSPHRASE));
  expect(await opened(other, lockedBy("wrong"))).toEqual(locked);
});

test("[BK3] what is cut, altered or reordered says so, and nothing of it is new", async () => {
  const { lock, key } = await keysOf();
  const content = randomOf(5)(3 * AGE_CHUNK_BYTES);
  const file = await sealed(content, lock);
  const payload = file.length - (content.length + HEAD.length + 4 * 16);
  const chunk = (i: number): Uint8Array =>
    file.subarray(payload + i * (AGE_CHUNK_BYTES + 16), payload + (i + 1) * (AGE_CHUNK_BYTES + 16));
  const start = file.subarray(0, payload);
  const wrong = {
    "cut by a byte": file.subarray(0, -1),
    "cut by a chunk": concat(start, chunk(0), chunk(1), chunk(2)),
    "cut to nothing": start,
    altered: flipped(file, payload + AGE_CHUNK_BYTES + 40),
    "altered at the end": flipped(file, file.length - 1),
    "altered at the start": flipped(file, payload + 3),
    swapped: concat(start, chunk(1), chunk(0), chunk(2), chunk(3)),
    doubled: concat(start, chunk(0), chunk(0), chunk(1), chunk(2), chunk(3)),
    longer: concat(file, Uint8Array.of(0)),
  };
  for (const [how, bytes] of Object.entries(wrong)) {
    const got = await opened(bytes, key);
    expect({ how, error: got.error }).toEqual({ how, error: damaged });
    expect(Buffer.compare(got.content, content.subarray(0, got.content.length))).toBe(0);
  }
});

test("[BK3] every byte of the file's first lines and first chunk is guarded", async () => {
  const { lock, key } = await keysOf();
  const file = await sealed(textOf("short"), lock);
  for (let i = 0; i < file.length; i++) {
    const got = await opened(flipped(file, i), key);
    expect({ i, is: (got.error as { type: string } | null)?.type }).toEqual({
      i,
      is: expect.stringMatching(/^Backup(?:NotAge|AgeUnknown|Locked|Damaged)$/u),
    });
    expect(got.content).toHaveLength(0);
  }
});

test("[BK4] what is no backup of ours, or one to come, is named", async () => {
  const { lock, key } = await keysOf();
  const errorOf = async (file: Uint8Array): Promise<unknown> => (await opened(file, key)).error;
  expect(await errorOf(new Uint8Array(0))).toEqual({ type: "BackupNotAge" });
  expect(await errorOf(textOf("PK\u0003\u0004 a zip file"))).toEqual({ type: "BackupNotAge" });
  expect(await errorOf(textOf("age-encryption.org/v2\n-> x\n"))).toEqual({
    type: "BackupAgeUnknown",
  });
  expect(await errorOf(await ageOf(textOf("a diary of somebody"), lock))).toEqual({
    type: "BackupForeign",
  });
  expect(await errorOf(await ageOf(new Uint8Array(0), lock))).toEqual({ type: "BackupForeign" });
  expect(
    await errorOf(await ageOf(concat(flipped(HEAD, HEAD.length - 1, 3), textOf("x")), lock)),
  ).toEqual({
    type: "BackupVersionUnknown",
    version: 2,
  });
});

test("[BK5] reads and writes while it goes: neither side is held in memory", async () => {
  const { lock, key } = await keysOf();
  let pulled = 0;
  const stopped = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        pulled += AGE_CHUNK_BYTES;
        yield new Uint8Array(AGE_CHUNK_BYTES);
      }
    } finally {
      stopped.resolve();
    }
  }
  const file = await sealBackup(endless(), lock);
  let written = 0;
  let read = 0;
  async function* passing(): AsyncGenerator<Uint8Array> {
    for await (const piece of file) {
      written += piece.length;
      yield piece;
    }
  }
  const backup = await openBackup(passing(), key);
  expect(backup.ok).toBe(true);
  if (!backup.ok) return;
  for await (const piece of backup.value) {
    expect(piece.ok).toBe(true);
    read += piece.ok ? piece.value.length : 0;
    expect(pulled - written).toBeLessThan(8 * AGE_CHUNK_BYTES);
    expect(written - read).toBeLessThan(8 * AGE_CHUNK_BYTES);
    if (read > 40 * AGE_CHUNK_BYTES) break;
  }
  // Who stops reading stops the source.
  await stopped.promise;
});

test("[BK5] a line without an end is not collected", async () => {
  const { key } = await keysOf();
  let pulled = 0;
  function* endless(): Generator<Uint8Array> {
    yield textOf("age-encryption.org/v1\n-> X25519 ");
    for (;;) {
      pulled += 1_000;
      yield bytesOf(1_000, 0x41);
    }
  }
  expect(await openBackup(endless(), key)).toEqual({ ok: false, error: { type: "BackupLocked" } });
  expect(pulled).toBeLessThan(6_000);
});

test("[BK6] an error of the disk is no damage", async () => {
  const { lock, key } = await keysOf();
  const file = await sealed(randomOf(1)(200_000), lock);
  for (const after of [10, 300, 100_000]) {
    const broken = function* (): Generator<Uint8Array> {
      yield file.subarray(0, after);
      throw new Error("EIO");
    };
    const reading = async (): Promise<void> => {
      const backup = await openBackup(broken(), key);
      if (!backup.ok) return;
      for await (const piece of backup.value) expect(piece.ok).toBe(true);
    };
    await expect(reading()).rejects.toThrow("EIO");
  }
  const unwritable = async (): Promise<Uint8Array> =>
    await collect(
      await sealBackup(
        (function* () {
          yield textOf("x");
          throw new Error("EIO");
        })(),
        lock,
      ),
    );
  await expect(unwritable()).rejects.toThrow("EIO");
});

/** From Debian; scripts/browsers.ts brings it along. */
const AGE = "/usr/bin/age";

describe.skipIf(!existsSync(AGE))("the age command", () => {
  test("[BK7] opens our file with the account's key, and we open its", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kith-age-"));
    try {
      const content = randomOf(3)(150_000);
      const inside = concat(HEAD, content);
      const [plain, file, keys] = ["plain", "file.age", "key.txt"].map((it) => join(folder, it));
      const { key } = await keysOf();
      const recipient = await backupRecipientOf(backupKeyOf(secret));
      writeFileSync(keys!, `${await backupIdentityOf(backupSeedOf(secret))}\n`);
      expect(execFileSync(`${AGE}-keygen`, ["-y", keys!], { encoding: "utf8" }).trim()).toBe(
        recipient,
      );

      writeFileSync(file!, await sealed(content, { recipient }));
      execFileSync(AGE, ["-d", "-i", keys!, "-o", plain!, file!]);
      expect(Buffer.compare(readFileSync(plain!), inside)).toBe(0);

      execFileSync(AGE, ["-r", recipient, "-o", file!, plain!]);
      const got = await opened(readFileSync(file!), key);
      expect([got.error, Buffer.compare(got.content, content)]).toEqual([null, 0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
