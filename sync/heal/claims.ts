/**
 * What others say exists and is not here: causes that entries name, vectors that were asked for. Claims
 * prove nothing: they are looked for like holes, and let go when nobody has what they name. Kept in
 * memory: after a restart the next digest tells them again. docs/protocol/sync.md, [HE12] and [DG4].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import type { Dep } from "../entry/entry.ts";
import { BACKFILL_LOGS_MAX } from "../payload/limits.ts";

/** Of each sort; the oldest are forgotten. */
const CLAIMS_MAX = 1_000;
/** … and of those that one device told last: as many logs as one vector names. Nobody crowds out what others tell. */
export const CLAIMS_OF_DEVICE_MAX = BACKFILL_LOGS_MAX;
/** Devices that are remembered for one claim, the newest. */
const CLAIMANTS_MAX = 4;

/** A log that should reach as far as `upTo`, by who claims most. */
export type Claim = {
  readonly c: number;
  readonly log: Hex;
  readonly upTo: number;
  /** Who said so, or that it reaches farther than ours, and should have something of it. */
  readonly devices: readonly Hex[];
};

/** An entry named one of another log, which is not looked up before there was time for it to come. */
export type Named = { readonly c: number; readonly device: Hex; readonly dep: Dep };

/** Two entries seem to have one number: `device` has another one than we. */
export type Doubt = {
  readonly c: number;
  readonly log: Hex;
  readonly seq: number;
  readonly device: Hex;
};

export class Claims {
  readonly #claims = new Map<string, Claim>();
  readonly #named = new Map<string, Named>();
  readonly #doubts = new Map<string, Doubt>();

  /** Who claims less is asked as well: who claims most may lie, and would keep us from those who have it. */
  claim(c: number, log: Hex, upTo: number, device: Hex): void {
    const key = `${c} ${log}`;
    const before = this.#claims.get(key);
    const others = before?.devices.filter((it) => it !== device) ?? [];
    remember(this.#claims, key, {
      c,
      log,
      upTo: Math.max(upTo, before?.upTo ?? 0),
      devices: [device, ...others].slice(0, CLAIMANTS_MAX),
    });
    const theirs = this.all().filter((it) => it.devices.includes(device));
    for (const old of theirs.slice(0, -CLAIMS_OF_DEVICE_MAX)) this.#forget(old, device);
  }

  /** What others claimed as well stays theirs. */
  #forget(claim: Claim, device: Hex): void {
    const devices = claim.devices.filter((it) => it !== device);
    if (devices.length === 0) this.drop(claim);
    else this.#claims.set(`${claim.c} ${claim.log}`, { ...claim, devices });
  }

  all(): readonly Claim[] {
    return [...this.#claims.values()];
  }

  claimOf(c: number, log: Hex): Claim | undefined {
    return this.#claims.get(`${c} ${log}`);
  }

  drop({ c, log }: Claim): void {
    this.#claims.delete(`${c} ${log}`);
  }

  /** Of what entries of a device name the highest of each log. */
  name(named: Named): void {
    const { c, device, dep } = named;
    const key = `${c} ${device} ${dep.tag.join(".")}`;
    const before = this.#named.get(key);
    if (before === undefined || before.dep.seq < dep.seq) remember(this.#named, key, named);
    else if (before.dep.seq === dep.seq && !equalBytes(before.dep.hash8, dep.hash8)) {
      // It names two entries by one number: one of them is looked at under a key of its own.
      remember(this.#named, `${key} again`, named);
    }
  }

  /** Everything that was named since the last call. */
  takeNamed(): readonly Named[] {
    const named = [...this.#named.values()];
    this.#named.clear();
    return named;
  }

  doubt(doubt: Doubt): void {
    remember(this.#doubts, `${doubt.c} ${doubt.log}`, doubt);
  }

  doubts(): readonly Doubt[] {
    return [...this.#doubts.values()];
  }

  settle({ c, log }: Doubt): void {
    this.#doubts.delete(`${c} ${log}`);
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > CLAIMS_MAX && oldest !== undefined) map.delete(oldest);
}
