/**
 * Fetching the prekey bundles of those for whom something waits to be sealed: a few at a time, and kept together, for
 * each time that some are kept the entry is sealed anew for them. Whoever meets a group of 500 would else seal
 * their first word 500 times. docs/protocol/sync.md, rules [MM7], [OB9], [OB15] and [OB16].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import { type BundleDeps, bundleOf, keepBundle } from "./bundles.ts";
import type { Flow } from "./flow.ts";
import { hurryFor } from "./resend.ts";

/** Bundles that are asked for at the same time. */
const FETCHES_MAX = 8;
/** Devices whose turn comes next; further ones are told of again. */
const FETCHES_WAITING_MAX = 2_048;
/** Bundles that are kept together: … so many … */
const TOGETHER_MAX = 256;
/** … or those of so long. */
const TOGETHER_MS = 1_000;

export type FetcherDeps = BundleDeps & {
  readonly lane: Lane;
  readonly timers: Timers;
  readonly failed: (error: unknown) => void;
};

export class BundleFetcher {
  readonly #deps: FetcherDeps;
  readonly #flow: Flow;
  /** Something can be sealed that could not. */
  readonly #wake: () => void;
  readonly #waiting = new Set<Hex>();
  readonly #fetching = new Set<Hex>();
  /** By device: not kept yet. */
  readonly #fetched = new Map<Hex, Uint8Array>();
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(deps: FetcherDeps, flow: Flow, wake: () => void) {
    this.#deps = deps;
    this.#flow = flow;
    this.#wake = wake;
  }

  /** Of a device that is being asked for already nothing follows. */
  want(device: Hex): void {
    if (this.#fetching.has(device) || this.#fetched.has(device)) return;
    if (this.#waiting.size < FETCHES_WAITING_MAX) this.#waiting.add(device);
    this.#fetchMore();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#waiting.clear();
  }

  /** Nobody waits for a relay that does not answer: what is for others goes on meanwhile. */
  #fetchMore(): void {
    for (const device of this.#waiting) {
      if (this.#isClosed || this.#fetching.size >= FETCHES_MAX) return;
      this.#waiting.delete(device);
      this.#fetching.add(device);
      void this.#fetchOnce(device)
        .catch(this.#deps.failed)
        .finally(() => {
          this.#fetching.delete(device);
          this.#fetchMore();
          this.#look();
        });
    }
  }

  async #fetchOnce(id: Hex): Promise<void> {
    const { store, lane, timers } = this.#deps;
    const bundle = await bundleOf(this.#deps, id);
    if (this.#isClosed) return;
    if (bundle !== undefined) {
      this.#flow.heard(id);
      this.#fetched.set(id, bundle);
      return;
    }
    if (!this.#flow.silent(id, timers.now())) return;
    // Whoever waits behind this device waits no longer for it. Rule [OB15].
    await lane.run(() => store.write(["outbox"], (tx) => hurryFor(tx, id)));
    this.#wake();
  }

  /** Is it time to keep what is here? */
  #look(): void {
    if (this.#isClosed || this.#fetched.size === 0) return;
    const isLast = this.#fetching.size === 0;
    if (isLast || this.#fetched.size >= TOGETHER_MAX) return this.#keep();
    this.#cancelTimer ??= this.#deps.timers.after(TOGETHER_MS, () => this.#keep());
  }

  #keep(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    void this.#keepAll().catch(this.#deps.failed);
  }

  async #keepAll(): Promise<void> {
    const { store, lane } = this.#deps;
    const fetched = [...this.#fetched];
    try {
      await lane.run(() =>
        store.write(["devices", "outbox"], async (tx) => {
          for (const [id, bundle] of fetched) await keepBundle(tx, id, bundle);
        }),
      );
    } finally {
      // What could not be kept is fetched again by who wants it.
      for (const [id] of fetched) this.#fetched.delete(id);
    }
    this.#wake();
  }
}
