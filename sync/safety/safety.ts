/**
 * The safety number of a contact: what both people see alike as long as nobody stands between them
 * (crypto/verify/safety-number.ts). It costs thousands of hashes, so it is worked out when it is shown.
 * docs/protocol/recovery.md, rules [SV1] and [SV2].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import {
  checkSafetyCode,
  safetyCodeOf,
  safetyNumberOf,
} from "../../crypto/verify/safety-number.ts";
import type { Self } from "../account/self.ts";
import type { ContactRow } from "../store/rows.ts";
import type { Store } from "../store/store.ts";

export type SafetyNumber = {
  /** 60 decimal digits. */
  readonly digits: string;
  /** For the other side to scan. */
  readonly code: Uint8Array;
};

export type SafetyError =
  /** Nobody whom we know, or we ourselves. */
  { readonly type: "ContactUnknown" } | { readonly type: "SafetyCodeMalformed" };

export type Safety = {
  readonly numberWith: (account: Hex) => Promise<Result<SafetyNumber, SafetyError>>;
  /** `code`: scanned from a screen of theirs. Is it what they and we see of each other? */
  readonly matches: (account: Hex, code: Uint8Array) => Promise<Result<boolean, SafetyError>>;
};

type SafetyDeps = { readonly store: Store; readonly self: () => Self | undefined };

export const openSafety = (deps: SafetyDeps): Safety => ({
  numberWith: async (account) => {
    const keys = await keysOf(deps, account);
    if (keys === undefined) return err({ type: "ContactUnknown" });
    const [ours, theirs] = keys;
    return ok({ digits: safetyNumberOf(ours, theirs), code: safetyCodeOf(ours, theirs) });
  },
  matches: async (account, code) => {
    const keys = await keysOf(deps, account);
    if (keys === undefined) return err({ type: "ContactUnknown" });
    const matched = checkSafetyCode(...keys, code);
    return matched.ok ? matched : err({ type: "SafetyCodeMalformed" });
  },
});

type Keys = readonly [ours: Uint8Array, theirs: Uint8Array];

async function keysOf({ store, self }: SafetyDeps, account: Hex): Promise<Keys | undefined> {
  const contact: ContactRow | undefined = await store.read(["contacts"], (tx) =>
    tx.get("contacts", account),
  );
  const us = self();
  if (contact === undefined || us === undefined || contact.state === "self") return undefined;
  return [us.accountKey, contact.accountKey];
}
