/**
 * Taking a backup in: each frame in one transaction, so that whatever breaks off leaves what is genuine,
 * and taking the same file again goes on from there. It merges as history does that another device of
 * ours supplies: what is here already is passed over, what was read stays read, the newest word about
 * somebody counts. docs/protocol/recovery.md, rules [BU5] to [BU8].
 */
import { toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { RECOVERY_SECRET_BYTES } from "../../crypto/identity/recovery-secret.ts";
import { decodeCapsule, type OpenedCapsule } from "../../crypto/recovery/capsule-content.ts";
import type { Self } from "../account/self.ts";
import type { UpkeepDeps } from "../account/upkeep.ts";
import { takeChunk } from "../backfill/take-chunk.ts";
import { ownContact } from "../contact/contacts.ts";
import { takeWelcome } from "../group/take-welcome.ts";
import { decodePayload } from "../payload/payload.ts";
import { type Effects, heldBack } from "../receive/effects.ts";
import { RECEIVE_TABLES } from "../receive/receive.ts";
import { fetchKnown, type RecoveryDeps, restoreKnown } from "../recovery/recovery.ts";
import { accountOf } from "../recovery/restored.ts";
import { accountIn, FRAME, type Frame } from "./format.ts";
import { heldOf, isVouched, readAmongNew } from "./voucher.ts";

export type ImportError =
  | { readonly type: "BackupMalformed" }
  /** Of another account than this device's, or than the words'. */
  | { readonly type: "BackupOtherAccount" }
  /** This device has no account yet, and the file alone does not make it one. */
  | { readonly type: "BackupNeedsWords" }
  | { readonly type: "NotStarted" };

const RELAY_WAIT_MS = 10_000;

export type ImportDeps = UpkeepDeps &
  Pick<RecoveryDeps, "self" | "started"> & { readonly effects: Effects };

/**
 * The first frame. On a device without an account this makes one: `secret` from the words, null when the
 * person has none at hand.
 */
export async function beginImport(
  deps: ImportDeps,
  frame: Frame,
  secret: Uint8Array | null,
): Promise<Result<{ readonly isNew: boolean }, ImportError>> {
  const found = accountIn(frame);
  if (found === undefined) return err({ type: "BackupMalformed" });
  const self = deps.self();
  if (self !== undefined) {
    if (self.account !== toHex(found.account)) return err({ type: "BackupOtherAccount" });
    // Everybody knows our account's id: that a device of ours began the file is what its signature shows.
    const isOurs = decodeCapsule(found.account, found.capsule).ok;
    return isOurs ? ok({ isNew: false }) : err({ type: "BackupMalformed" });
  }
  const key = secret ?? found.secret;
  if (key === null || key.length !== RECOVERY_SECRET_BYTES)
    return err({ type: "BackupNeedsWords" });
  if (toHex(accountOf(key)) !== toHex(found.account)) return err({ type: "BackupOtherAccount" });
  const known = decodeCapsule(found.account, found.capsule);
  if (!known.ok) return err({ type: "BackupMalformed" });
  // What lies at the relay may be newer: it knows devices and people that the file has not heard of.
  const newest = await newestKnown(deps, key, found.writtenAtMs);
  const best = newest ?? known.value;
  const restored = await restoreKnown(deps, key, best, newest?.writtenAtMs ?? found.writtenAtMs);
  // Another tab was quicker: what comes merges into that.
  return restored.ok ? ok({ isNew: true }) : beginImport(deps, frame, secret);
}

/** Who imports a file may have no network: the relay is not waited for long. */
async function newestKnown(
  deps: ImportDeps,
  key: Uint8Array,
  sinceMs: number,
): Promise<OpenedCapsule | undefined> {
  const late = Promise.withResolvers<undefined>();
  const cancel = deps.timers.after(RELAY_WAIT_MS, () => late.resolve(undefined));
  const newest = await Promise.race([late.promise, fetchKnown(deps, key, deps.homeUrl)]);
  cancel();
  return newest?.ok === true && newest.value.writtenAtMs >= sinceMs ? newest.value : undefined;
}

/** Every other frame. `voucher`: what came in front of it, if that was one. */
export async function importFrame(
  deps: ImportDeps,
  { type, bytes }: Frame,
  voucher: Uint8Array | undefined,
): Promise<Result<void, ImportError>> {
  const self = deps.self();
  if (self === undefined) return err({ type: "NotStarted" });
  const payload = type === FRAME.payload ? decodePayload("session", bytes) : undefined;
  if (payload === undefined) return ok(undefined);
  // What a later version writes here is passed over, as on the wire.
  if (!payload.ok) return ok(undefined);
  const held = heldBack(deps.effects);
  const { lane, store, timers, random } = deps;
  await lane.run(() =>
    store.write(RECEIVE_TABLES, async (tx) => {
      const context = { self, nowMs: timers.now(), random, effects: held.effects };
      if (payload.value.type === "welcome") {
        await takeWelcome(tx, context, await ownContact(tx, self), payload.value.body);
      } else if (payload.value.type === "chunk") {
        const chunk = payload.value.body;
        const us = ourselves(self);
        if (await isVouched(tx, self, bytes, voucher)) {
          await takeChunk(tx, context, us, chunk);
          return;
        }
        const before = await heldOf(tx, chunk.read);
        await takeChunk(tx, context, us, { ...chunk, read: [] });
        const read = await readAmongNew(tx, chunk.read, before);
        await takeChunk(tx, context, us, { ...chunk, writers: [], runs: [], read });
      }
    }),
  );
  held.release();
  return ok(undefined);
}

/** A file of ours tells as much as another device of ours would. */
const ourselves = ({ account, device }: Self): { account: string; device: string } => ({
  account,
  device,
});
