/**
 * What others say exists and is not here: causes that entries name, vectors that were asked for. Claims
 * prove nothing: they are looked for like holes, and let go when nobody has what they name. Kept in
 * memory: after a restart the next digest tells them again. docs/protocol/sync.md, [HE12] and [DG4].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import type { Dep } from "../entry/entry.ts";
import type { Hex } from "../store/rows.ts";

/** Of each sort; the oldest are forgotten. */
const CLAIMS_MAX = 1_000;
/** Devices that are remembered for one claim, the newest. */
const CLAIMANTS_MAX = 4;

/** A log that should reach as far as `upTo`. */
export type Claim = {
  readonly c: number;
  readonly log: Hex;
  readonly upTo: number;
  /** Who said so, and should have it. */
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

  claim(c: number, log: Hex, upTo: number, device: Hex): void {
    const key = `${c} ${log}`;
    const before = this.#claims.get(key);
    const isFarther = before === undefined || upTo > before.upTo;
    const others = isFarther ? [] : before.devices.filter((it) => it !== device);
    if (!isFarther && upTo < before.upTo) return;
    remember(this.#claims, key, {
      c,
      log,
      upTo,
      devices: [device, ...others].slice(0, CLAIMANTS_MAX),
    });
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

  /** Of what an entry names the highest of each log. */
  name(named: Named): void {
    const { c, dep } = named;
    const key = `${c} ${dep.tag.join(".")}`;
    const before = this.#named.get(key);
    if (before === undefined || before.dep.seq < dep.seq) remember(this.#named, key, named);
    else if (before.dep.seq === dep.seq && !equalBytes(before.dep.hash8, dep.hash8)) {
      // Two members name two entries: one of them is looked at under a key of its own.
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
