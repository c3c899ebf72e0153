/**
 * A backup file: an age v1 file (age-encryption.org/v1), so that the `age` command opens it when
 * Kith is gone. What is inside is opaque here, behind a small header:
 *
 * | offset | bytes | field   | rule                                                  |
 * | -----: | ----: | ------- | ----------------------------------------------------- |
 * |      0 |    12 | magic   | "kith-backup" and a zero byte                         |
 * |     12 |     1 | version | 1                                                     |
 * |     13 |     n | content | the caller's                                          |
 *
 * It is sealed to a passphrase (scrypt) or to the account's own age key, which comes from the
 * recovery words: devices keep its public half and can back up without the words. That half is
 * kept secret too, so a recorded file is out of reach even of who can break X25519.
 *
 * The package draws its own randomness, but for a passphrase's salt, and is loaded when first needed. Rules [BK1] to [BK7] of
 * docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, equalBytes, utf8 } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { passphraseIdentity, passphraseRecipient } from "./passphrase.ts";
import type { PassphraseKey, PassphraseLock } from "./stretch.ts";

/** Of an age file's text before the payload; ours have about 200. */
const HEADER_BYTES_MAX = 4_096;
const AGE_MAGIC = utf8("age-encryption.org/");
const AGE_VERSION = utf8("v1\n");
const HEADER_END = utf8("\n--- ");
const MAGIC = utf8("kith-backup\0");
const VERSION = 1;
/** Of X25519, either half. */
const AGE_KEY_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 1;

/** Whom a file is sealed to. `recipient`: "age1…", secret although it opens nothing. */
export type BackupLock = PassphraseLock | { readonly recipient: string };
/** `identity`: "AGE-SECRET-KEY-1…". */
export type BackupKey = PassphraseKey | { readonly identity: string };

export type BackupOpenError =
  /** No age file at all. */
  | { readonly type: "BackupNotAge" }
  /** An age file of another version. */
  | { readonly type: "BackupAgeUnknown" }
  /** Another passphrase or account, or damage in the file's first lines: age does not say which. */
  | { readonly type: "BackupLocked" }
  /** Opened, but nothing that Kith wrote. */
  | { readonly type: "BackupForeign" }
  | { readonly type: "BackupVersionUnknown"; readonly version: number }
  | BackupDamaged;
/** Cut, altered or reordered: what came before is genuine, the rest is not there. */
export type BackupDamaged = { readonly type: "BackupDamaged" };
const DAMAGED: BackupDamaged = { type: "BackupDamaged" };

/**
 * The caller's bytes, in order. They are the whole backup only when the loop ends without an
 * error: a restore commits nothing before.
 */
export type BackupContent = AsyncIterable<Result<Uint8Array, BackupDamaged>>;
type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** `seed`: `backupSeedOf` (backup-key.ts). In text, as the `age` command takes it (`age -d -i FILE`). */
export async function backupIdentityOf(seed: Uint8Array): Promise<string> {
  assert(seed.length === AGE_KEY_BYTES, "backup seed length");
  const { bech32 } = await import("@scure/base");
  return bech32.encodeFromBytes("AGE-SECRET-KEY-", seed).toUpperCase();
}

/** What `backupKeyOf` (backup-key.ts) gives, as age writes it. */
export async function backupRecipientOf(backupKey: Uint8Array): Promise<string> {
  assert(backupKey.length === AGE_KEY_BYTES, "backup key length");
  const { bech32 } = await import("@scure/base");
  return bech32.encodeFromBytes("age", backupKey);
}

/** The file's bytes, made while they are read. Errors of `content` and of `stretch` are thrown on. */
export async function sealBackup(
  content: Pieces,
  lock: BackupLock,
): Promise<AsyncIterable<Uint8Array>> {
  const { Encrypter } = await import("age-encryption");
  const age = new Encrypter();
  age.addRecipient("passphrase" in lock ? passphraseRecipient(lock) : lock.recipient);
  return piecesOf(await age.encrypt(streamOf(withHead(content))));
}

/** Reads no further than it is read. Errors of `file` and of `stretch` are thrown on: they are no damage. */
export async function openBackup(
  file: Pieces,
  key: BackupKey,
): Promise<Result<BackupContent, BackupOpenError>> {
  const source = watched(file);
  const opened = await openWatched(source, "passphrase" in key ? source.guarding(key) : key);
  if (!opened.ok) await source.stop();
  return opened;
}

async function openWatched(
  source: Watched,
  key: BackupKey,
): Promise<Result<BackupContent, BackupOpenError>> {
  const start = await source.start(HEADER_BYTES_MAX);
  if (!startsWith(start, AGE_MAGIC)) return err({ type: "BackupNotAge" });
  if (!startsWith(start.subarray(AGE_MAGIC.length), AGE_VERSION)) {
    return err({ type: "BackupAgeUnknown" });
  }
  // The package would collect a line without an end for ever.
  if (!hasHeaderEnd(start)) return err({ type: "BackupLocked" });

  const { Decrypter } = await import("age-encryption");
  const age = new Decrypter();
  age.addIdentity("passphrase" in key ? passphraseIdentity(key) : key.identity);
  try {
    const opened = piecesOf(await age.decrypt(streamOf(source.pieces())));
    return await behindHead(opened, source.rethrow);
  } catch {
    source.rethrow();
    return err({ type: "BackupLocked" });
  }
}

/** Takes our own header off. What throws here is damage, or the source. */
async function behindHead(
  opened: AsyncGenerator<Uint8Array>,
  rethrow: () => void,
): Promise<Result<BackupContent, BackupOpenError>> {
  let start: Uint8Array = new Uint8Array(0);
  try {
    while (start.length < HEAD_BYTES) {
      const next = await opened.next();
      if (next.done === true) return err({ type: "BackupForeign" });
      start = concat(start, next.value);
    }
  } catch {
    rethrow();
    return err(DAMAGED);
  }
  if (!startsWith(start, MAGIC)) return err({ type: "BackupForeign" });
  const version = start[MAGIC.length] ?? 0;
  if (version !== VERSION) return err({ type: "BackupVersionUnknown", version });
  return ok(contentOf(start.subarray(HEAD_BYTES), opened, rethrow));
}

async function* contentOf(
  first: Uint8Array,
  opened: AsyncGenerator<Uint8Array>,
  rethrow: () => void,
): AsyncGenerator<Result<Uint8Array, BackupDamaged>> {
  if (first.length > 0) yield ok(first);
  try {
    for await (const piece of opened) yield ok(piece);
  } catch {
    rethrow();
    yield err(DAMAGED);
  }
}

async function* withHead(content: Pieces): AsyncGenerator<Uint8Array> {
  yield concat(MAGIC, Uint8Array.of(VERSION));
  yield* content;
}

/** A source whose start can be looked at. Its own errors, and its key's, are told from those behind it. */
type Watched = {
  readonly guarding: (key: PassphraseKey) => PassphraseKey;
  readonly start: (bytes: number) => Promise<Uint8Array>;
  readonly pieces: () => AsyncGenerator<Uint8Array>;
  readonly rethrow: () => void;
  readonly stop: () => Promise<unknown>;
};

function watched(source: Pieces): Watched {
  let failure: { readonly cause: unknown } | null = null;
  const fail = (cause: unknown): never => {
    failure = { cause };
    throw cause;
  };
  const from = piecesOfAny(source);
  let start: Uint8Array = new Uint8Array(0);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield start;
    try {
      yield* from;
    } catch (cause) {
      fail(cause);
    }
  }
  return {
    guarding: (key) => ({ ...key, stretch: (ask) => key.stretch(ask).catch(fail) }),
    start: async (bytes) => {
      while (start.length < bytes) {
        const next = await from.next();
        if (next.done === true) break;
        start = concat(start, next.value);
      }
      return start.subarray(0, bytes);
    },
    pieces,
    rethrow: () => {
      if (failure !== null) throw failure.cause;
    },
    stop: async () => await from.return(undefined),
  };
}

async function* piecesOfAny(source: Pieces): AsyncGenerator<Uint8Array> {
  yield* source;
}

/** As a stream that asks for the next piece only when it is read (Safari has no `from`). */
function streamOf(pieces: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: async () => void (await pieces.return(undefined)),
    },
    { highWaterMark: 0 },
  );
}

/** Whoever stops early stops the source as well. */
async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel();
  }
}

const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  equalBytes(bytes.subarray(0, prefix.length), prefix);

/** The line that ends an age header begins with three dashes. */
function hasHeaderEnd(start: Uint8Array): boolean {
  return start.some((_, at) => startsWith(start.subarray(at), HEADER_END));
}
