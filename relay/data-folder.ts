/**
 * The folder that a relay owns: its key, the mark of its operator's invitation, its database. Created with
 * mode 0700; files in it with 0600, and written so that a crash leaves either none or all of one.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";

import { toHex } from "../crypto/base/hex.ts";
import { err, ok, type Result } from "../crypto/base/result.ts";
import { sodium } from "../crypto/base/sodium.ts";
import { tokenHashOf } from "../crypto/public/relay-ids.ts";
import { ID_BYTES, idOf, type RelayId, type Token } from "../sync/wire/ids.ts";
import type { Random } from "./ports.ts";

const KEY_FILE = "relay.key";
const OPERATOR_FILE = "operator-invite.hash";
const SEED_BYTES = 32;

/** `reason` is what the operating system said. */
export type FolderError =
  | { readonly type: "FolderUnusable"; readonly folder: string; readonly reason: string }
  | { readonly type: "KeyMalformed"; readonly path: string };

export type DataFolder = {
  /** Absolute. */
  readonly path: string;
  readonly relayId: RelayId;
};

/** Makes what is not there. `sodium` must be ready. */
export function openDataFolder(folder: string, random: Random): Result<DataFolder, FolderError> {
  const path = resolve(folder);
  const keyPath = join(path, KEY_FILE);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!existsSync(keyPath)) writeWhole(keyPath, random(SEED_BYTES));
    const seed = new Uint8Array(readFileSync(keyPath));
    if (seed.length !== SEED_BYTES) return err({ type: "KeyMalformed", path: keyPath });
    return ok({ path, relayId: idOf("RelayId", sodium.crypto_sign_seed_keypair(seed).publicKey) });
  } catch (thrown) {
    return err({ type: "FolderUnusable", folder: path, reason: reasonOf(thrown) });
  }
}

export type OperatorInvite = {
  readonly hash: Uint8Array;
  /** Only when it was made just now: the folder keeps its hash, so it can be shown this once. */
  readonly token: Token | null;
};

/** The operator's own invitation to a relay in `invite` mode. Removing its file makes a new one. */
export function openOperatorInvite(
  folder: DataFolder,
  random: Random,
): Result<OperatorInvite, FolderError> {
  const path = join(folder.path, OPERATOR_FILE);
  try {
    if (existsSync(path)) {
      const hash = Buffer.from(readFileSync(path, "utf8").trim(), "hex");
      if (hash.length !== ID_BYTES.TokenHash) return err({ type: "KeyMalformed", path });
      return ok({ hash: new Uint8Array(hash), token: null });
    }
    const token = idOf("Token", random(ID_BYTES.Token));
    const hash = tokenHashOf(token);
    writeWhole(path, Buffer.from(`${toHex(hash)}\n`, "utf8"));
    return ok({ hash, token });
  } catch (thrown) {
    return err({ type: "FolderUnusable", folder: folder.path, reason: reasonOf(thrown) });
  }
}

/** Beside it first, synced, then in its place. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const draft = `${path}.new`;
  const file = openSync(draft, "w", 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}

const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : "unknown";
