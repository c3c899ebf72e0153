/** What the worker answers that tries a passphrase. [ATA1] How far it is, in steps that can be seen, then the key. */
import { stretched } from "../../../crypto/backup/scrypt.ts";
import type { StretchAsk } from "../../../crypto/backup/stretch.ts";

/** `share`: how much is done, 0 to 1. */
export type FromStretch =
  | { readonly type: "share"; readonly share: number }
  | { readonly type: "key"; readonly key: Uint8Array }
  | { readonly type: "failed" };

/** So often a bar moves. */
const STEPS = 100;

/** Throws where the memory is not there. */
export function answerStretch(ask: StretchAsk, say: (it: FromStretch) => void): void {
  let step = 0;
  const key = stretched(ask, (share) => {
    if (Math.floor(share * STEPS) === step) return;
    step = Math.floor(share * STEPS);
    say({ type: "share", share });
  });
  say({ type: "key", key });
}
