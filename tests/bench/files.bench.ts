/**
 * What files, recovery and linking cost, in Node: the same code and WebAssembly as in the engine. No
 * budget: the design names none; beside them what libsodium takes for the same bytes.
 */
import { systemRandom as random } from "../../app/engine/system.ts";
import { openBackup, sealBackup } from "../../crypto/backup/backup.ts";
import { stretched } from "../../crypto/backup/scrypt.ts";
import { type PassphraseKey, SALT_BYTES } from "../../crypto/backup/stretch.ts";
import { assert } from "../../crypto/base/assert.ts";
import { concat } from "../../crypto/base/bytes.ts";
import { ready, sodium } from "../../crypto/base/sodium.ts";
import { blobOpenerOf, blobSealerOf, makeBlobKey, sealedChunkAt } from "../../crypto/media/blob.ts";
import { CHUNK_BYTES, CHUNKED_HEAD_BYTES } from "../../crypto/media/chunks.ts";
import { blobIdOf } from "../../crypto/public/blob-id.ts";
import { CAPSULE_BYTES_MAX, capsuleKeysOf, sealCapsule } from "../../crypto/recovery/capsule.ts";
import { safetyNumberOf } from "../../crypto/verify/safety-number.ts";
import { type Figure, figure } from "./figure.ts";
import { microsecondsEach } from "./stopwatch.ts";

const FILE_BYTES = 4_194_304;
/** As a browser's file streams give them. */
const PIECE_BYTES = 65_536;

export async function figures(): Promise<readonly Figure[]> {
  await ready;
  return [...blobFigures(), ...secretFigures(), ...(await backupFigures())];
}

/** 1 MB = 10^6 bytes. */
const speed = (name: string, bytes: number, microseconds: number): Figure =>
  figure(name, bytes / microseconds, "MB/s");

function blobFigures(): readonly Figure[] {
  const content = new Uint8Array(FILE_BYTES).map((_, at) => at & 0xff);
  const key = makeBlobKey(random);
  const seal = (): { sealed: Uint8Array; id: Uint8Array } => {
    const sealer = blobSealerOf(key, FILE_BYTES);
    const first: Uint8Array[] = [];
    for (let at = 0; at < FILE_BYTES; at += PIECE_BYTES) {
      first.push(...sealer.push(content.subarray(at, at + PIECE_BYTES)));
    }
    const last = sealer.finish();
    assert(last.ok, "as many bytes as were said");
    return { sealed: concat(...first, ...last.value.sealed), id: last.value.reference.id };
  };
  const { sealed, id } = seal();
  const reference = { id, key, bytes: FILE_BYTES };
  const open = (): void => {
    const head = sealed.subarray(0, CHUNKED_HEAD_BYTES);
    const opener = blobOpenerOf(reference, blobIdOf(sealed), head);
    assert(opener.ok, "what was sealed");
    for (let index = 0; index < opener.value.chunks; index++) {
      const { start, end } = sealedChunkAt(FILE_BYTES, index);
      assert(opener.value.openChunk(index, sealed.subarray(start, end)).ok, "what was sealed");
    }
  };
  const [nonce, bare] = [random(12), random(32)];
  const bareMicroseconds = microsecondsEach(1, () => {
    for (let at = 0; at < FILE_BYTES; at += CHUNK_BYTES) {
      const chunk = content.subarray(at, at + CHUNK_BYTES);
      sodium.crypto_aead_chacha20poly1305_ietf_encrypt(chunk, null, null, nonce, bare);
    }
    blobIdOf(content);
  });
  return [
    speed("crypto: seal and name a blob", FILE_BYTES, microsecondsEach(1, seal)),
    speed("crypto: verify and open a blob", FILE_BYTES, microsecondsEach(1, open)),
    speed("reference: libsodium, encrypt and hash", FILE_BYTES, bareMicroseconds),
  ];
}

function secretFigures(): readonly Figure[] {
  const keys = capsuleKeysOf(random(32));
  const content = new Uint8Array(CAPSULE_BYTES_MAX);
  const [one, other] = [random(32), random(32)];
  const capsule = microsecondsEach(1, () => {
    assert(sealCapsule(keys, content, random).ok, "a capsule within its bound");
  });
  const number = microsecondsEach(1, () => {
    safetyNumberOf(one, other);
  });
  return [
    figure("crypto: seal the largest recovery capsule", capsule, "µs"),
    figure("crypto: a safety number", number, "µs"),
  ];
}

/** With a passphrase: the guard against guessing is nearly all of the time. */
async function backupFigures(): Promise<readonly Figure[]> {
  const key: PassphraseKey = {
    passphrase: "correct horse battery staple",
    stretch: async (ask) => stretched(ask),
  };
  const pieces = Array.from(
    { length: FILE_BYTES / PIECE_BYTES },
    () => new Uint8Array(PIECE_BYTES),
  );
  const fromMs = performance.now();
  const file = await Array.fromAsync(
    await sealBackup(pieces, { ...key, salt: random(SALT_BYTES) }),
  );
  const sealedMs = performance.now();
  const opened = await openBackup(file, key);
  assert(opened.ok, "our own file");
  for await (const piece of opened.value) assert(piece.ok, "our own file");
  return [
    figure("crypto: write a backup of 4 MiB", (sealedMs - fromMs) / 1_000, "s"),
    figure("crypto: read it", (performance.now() - sealedMs) / 1_000, "s"),
  ];
}
