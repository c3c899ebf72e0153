/**
 * Reads the fields of a JSON object from a relay. Like the wire's reader it never throws: the first
 * fault sticks, and whoever reads asks once, at the end, whether `isFine`. Fields that are not asked
 * for are ignored, so that a relay may say more tomorrow.
 */
import { fromBase64url } from "../../crypto/base/base64url.ts";

export class JsonFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  #isFine = true;

  private constructor(value: unknown) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    this.#isFine = isObject;
    this.#fields = isObject ? (value as Record<string, unknown>) : {};
  }

  static parse(text: string): JsonFields {
    try {
      return new JsonFields(JSON.parse(text));
    } catch {
      return new JsonFields(undefined);
    }
  }

  get isFine(): boolean {
    return this.#isFine;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  isNull(name: string): boolean {
    return this.#field(name) === null;
  }

  /** To be asked by itself whether it is fine. */
  object(name: string): JsonFields {
    return new JsonFields(this.#field(name));
  }

  /** A safe whole number, 0 to `max`. */
  whole(name: string, max = Number.MAX_SAFE_INTEGER): number {
    const value = this.#field(name);
    if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max) {
      return value as number;
    }
    return this.#refuse(0);
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | null {
    const value = this.#field(name);
    return words.find((word) => word === value) ?? this.#refuse(null);
  }

  /** Between `min` and `max` bytes in base64url. */
  bytes(name: string, min: number, max = min): Uint8Array {
    const value = this.#field(name);
    const isText = typeof value === "string" && value.length <= Math.ceil((max * 4) / 3);
    const bytes = isText ? fromBase64url(value) : null;
    if (bytes?.ok === true && bytes.value.length >= min) return bytes.value;
    return this.#refuse(new Uint8Array(min));
  }

  #field(name: string): unknown {
    return this.has(name) ? this.#fields[name] : undefined;
  }

  #refuse<Value>(value: Value): Value {
    this.#isFine = false;
    return value;
  }
}
