/**
 * Coming back when no device is left: the recovery words while they are not written down yet, the capsule
 * that lies at our relay for that day, and the account made anew from both. docs/protocol/recovery.md.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { RECOVERY_SECRET_BYTES } from "../../crypto/identity/recovery-secret.ts";
import { isRelayUrl } from "../../crypto/identity/relay-url.ts";
import { decodeCapsule, type OpenedCapsule } from "../../crypto/recovery/capsule-content.ts";
import { capsuleKeysOf, openCapsule } from "../../crypto/recovery/capsule.ts";
import type { Self } from "../account/self.ts";
import type { UpkeepDeps } from "../account/upkeep.ts";
import { APPEND_TABLES } from "../channel/append.ts";
import { type NameError, cleanName } from "../payload/name.ts";
import { isProblem, openRelayHttp } from "../session/relay-http.ts";
import { openKeeper } from "./keeper.ts";
import type { LostGroupDeps } from "./lost-groups.ts";
import { fetchCapsule } from "./relay-capsules.ts";
import { accountOf, type Known, nothingKnown, putRestored, RESTORE_TABLES } from "./restored.ts";
import { noteWordsKept } from "./words-kept.ts";

export type RestoreError =
  /** This device has an account. */
  | { readonly type: "AlreadyStarted" }
  | { readonly type: "RelayUrlMalformed" }
  | { readonly type: "RelayUnreachable" }
  /** The relay has no capsule of these words: another relay may have it. */
  | { readonly type: "CapsuleNotFound" }
  | { readonly type: "CapsuleVersionUnknown" }
  /** Not what these words' devices wrote: damaged, or somebody altered it. */
  | { readonly type: "CapsuleForged" };

export type Restored = {
  readonly account: Hex;
  readonly name: string;
  readonly contacts: number;
  readonly groups: number;
  /** When the capsule was written; shown to people. */
  readonly writtenAtMs: number;
};

/** Each is answered once; a tab may call them all. */
export type Recovery = {
  /** 32 bytes for crypto/recovery/words.ts; null once they were written down. */
  readonly secret: () => Promise<Result<Uint8Array | null, { readonly type: "NotStarted" }>>;
  /** The person has shown that they wrote the words down: all our devices forget them. */
  readonly confirm: () => Promise<Result<void, { readonly type: "NotStarted" }>>;
  /** Makes the account anew on this device. `relayUrl`: where the capsule lies; null: at our home. */
  readonly restore: (
    secret: Uint8Array,
    relayUrl: string | null,
  ) => Promise<Result<Restored, RestoreError>>;
  /** The same without a capsule: the same account, and nobody in it. */
  readonly restoreEmpty: (
    secret: Uint8Array,
    name: string,
  ) => Promise<Result<Restored, NameError | { readonly type: "AlreadyStarted" }>>;
};

export type RecoveryDeps = UpkeepDeps &
  Pick<LostGroupDeps, "effects" | "httpOf"> & {
    readonly self: () => Self | undefined;
    readonly started: (self: Self) => void;
    /** Who we are was written anew. */
    readonly selfChanged: (self: Self) => void;
    readonly wake: () => void;
    readonly failed: (error: unknown) => void;
  };

export type RecoveryDesk = {
  readonly commands: Recovery;
  /** Contacts, groups or relays changed, or the relay is there again. */
  readonly changed: () => void;
  readonly close: () => void;
};

export function openRecovery(deps: RecoveryDeps): RecoveryDesk {
  const keeper = openKeeper(deps);
  const { changed, close } = keeper;
  const confirm: Recovery["confirm"] = async () => {
    const done = await confirmWords(deps);
    if (done.ok) changed();
    return done;
  };
  return {
    commands: {
      secret: async () => {
        const self = deps.self();
        if (self === undefined) return err({ type: "NotStarted" });
        // Who writes the words down now may lose this device next.
        keeper.now().catch(deps.failed);
        return ok(self.recoverySecret);
      },
      confirm,
      restore: (secret, relayUrl) => restore(deps, secret, relayUrl),
      restoreEmpty: (secret, name) => restoreEmpty(deps, secret, name),
    },
    changed,
    close,
  };
}

async function confirmWords(deps: RecoveryDeps): ReturnType<Recovery["confirm"]> {
  const { lane, store, timers, random } = deps;
  return await lane.run(async () => {
    const self = deps.self();
    if (self === undefined) return err({ type: "NotStarted" });
    const context = { self, nowMs: timers.now(), random };
    deps.selfChanged(await store.write(APPEND_TABLES, (tx) => noteWordsKept(tx, context)));
    deps.wake();
    return ok(undefined);
  });
}

async function restore(
  deps: RecoveryDeps,
  secret: Uint8Array,
  relayUrl: string | null,
): ReturnType<Recovery["restore"]> {
  assert(secret.length === RECOVERY_SECRET_BYTES, "recovery secret length");
  if (deps.self() !== undefined) return err({ type: "AlreadyStarted" });
  const found = await fetchKnown(deps, secret, relayUrl ?? deps.homeUrl);
  return found.ok ? restoreKnown(deps, secret, found.value, found.value.writtenAtMs) : found;
}

async function restoreEmpty(
  deps: RecoveryDeps,
  secret: Uint8Array,
  typed: string,
): ReturnType<Recovery["restoreEmpty"]> {
  assert(secret.length === RECOVERY_SECRET_BYTES, "recovery secret length");
  const name = cleanName(typed);
  return name.ok ? restoreKnown(deps, secret, nothingKnown(name.value), 0) : name;
}

/** What the capsule at that relay says, verified. */
export async function fetchKnown(
  deps: UpkeepDeps,
  secret: Uint8Array,
  url: string,
): Promise<Result<OpenedCapsule, RestoreError>> {
  if (!isRelayUrl(url)) return err({ type: "RelayUrlMalformed" });
  const http = openRelayHttp({ ...deps, url, owner: null });
  const found = await fetchCapsule(http, capsuleKeysOf(secret).place);
  if (!found.ok) {
    const isNone = isProblem(found.error, "NotFound");
    return err({ type: isNone ? "CapsuleNotFound" : "RelayUnreachable" });
  }
  const opened = openCapsule(secret, found.value.capsule);
  if (!opened.ok) return err(restoreErrorOf(opened.error));
  const content = decodeCapsule(accountOf(secret), opened.value);
  return content.ok ? content : err(restoreErrorOf(content.error));
}

const restoreErrorOf = ({ type }: { readonly type: string }): RestoreError => ({
  type: type.endsWith("VersionUnknown") ? "CapsuleVersionUnknown" : "CapsuleForged",
});

/** The device is one of the account from here on; what is missing is asked for by itself. */
export async function restoreKnown(
  deps: Pick<RecoveryDeps, "lane" | "store" | "timers" | "random" | "self" | "started">,
  secret: Uint8Array,
  known: Known,
  writtenAtMs: number,
): Promise<Result<Restored, { readonly type: "AlreadyStarted" }>> {
  const { lane, store, timers, random, started } = deps;
  return await lane.run(async () => {
    if (deps.self() !== undefined) return err({ type: "AlreadyStarted" });
    const context = { nowMs: timers.now(), random };
    const restored = await store.write(RESTORE_TABLES, async (tx) => {
      const self = await putRestored(tx, context, secret, known);
      const contacts = await tx.range("contacts", "primary", {});
      const groups = await tx.range("rosters", "primary", {});
      const met = contacts.filter((it) => it.state === "accepted");
      return { self, contacts: met.length, groups: groups.length };
    });
    const { self, contacts, groups } = restored;
    started(self);
    return ok({ account: self.account, name: self.name, contacts, groups, writtenAtMs });
  });
}
