/**
 * How many of a kind go on at once: in all, and from one neighbourhood, so that nobody alone takes the room of
 * everybody. Loopback has no bound of its own: it is tests, or a proxy that nobody told us about.
 */
import { LOOPBACK } from "../client-address.ts";

export class AtOnce {
  readonly #bounds: { readonly all: number; readonly each: number };
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(bounds: { readonly all: number; readonly each: number }) {
    this.#bounds = bounds;
  }

  /** `address`: as relay/client-address.ts says it. */
  hasRoom(address: string): boolean {
    const isOverOwn = address !== LOOPBACK && this.#countOf(address) >= this.#bounds.each;
    return this.#count < this.#bounds.all && !isOverOwn;
  }

  came(address: string): void {
    this.#count += 1;
    this.#byAddress.set(address, this.#countOf(address) + 1);
  }

  /** Once for each that came. */
  left(address: string): void {
    this.#count -= 1;
    const others = this.#countOf(address) - 1;
    if (others > 0) this.#byAddress.set(address, others);
    else this.#byAddress.delete(address);
  }

  #countOf(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }
}
