/**
 * Shapes of positional CBOR: each says once what a value is, and encodes, checks and decodes it.
 * Every list, text and byte string has its bound here, so no decoder can forget one.
 * docs/protocol/sync.md, [CB5] and [CB6].
 */
import { assert } from "../crypto/base/assert.ts";
import { equalBytes, utf8 } from "../crypto/base/bytes.ts";
import { err, ok, type Result } from "../crypto/base/result.ts";
import { type CborError, type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";

/** `at`: where, by field name and index, such as "core.deps.2.tag"; empty for the whole value. */
export type ShapeError = { readonly type: "ShapeWrong"; readonly at: string };
export type TooLarge = {
  readonly type: "TooLarge";
  readonly bytes: number;
  readonly limit: number;
};
export type DecodeError = TooLarge | CborError | ShapeError;

export type Shape<Value> = {
  /** A Bug when `value` breaks the shape's bounds: nothing leaves that a peer would refuse. */
  readonly encode: (value: Value) => CborValue;
  readonly decode: (cbor: CborValue) => Result<Value, ShapeError>;
};

const WRONG = err({ type: "ShapeWrong", at: "" } as const);

const within = (error: ShapeError, name: string | number): Result<never, ShapeError> =>
  err({ type: "ShapeWrong", at: error.at === "" ? `${name}` : `${name}.${error.at}` });

/** A scalar that passes `check` and needs no translation. */
const scalar = <Value extends CborValue>(
  check: (cbor: CborValue) => cbor is Value,
): Shape<Value> => ({
  encode: (value) => {
    assert(check(value), "a field within its bounds");
    return value;
  },
  decode: (cbor) => (check(cbor) ? ok(cbor) : WRONG),
});

/** Exactly `length` bytes. */
export const bytesShape = (length: number): Shape<Uint8Array> =>
  scalar((cbor): cbor is Uint8Array => cbor instanceof Uint8Array && cbor.length === length);

export const bytesUpTo = (max: number, min = 0): Shape<Uint8Array> =>
  scalar(
    (cbor): cbor is Uint8Array =>
      cbor instanceof Uint8Array && cbor.length >= min && cbor.length <= max,
  );

export const uintShape = (max = Number.MAX_SAFE_INTEGER, min = 0): Shape<number> =>
  scalar((cbor): cbor is number => typeof cbor === "number" && cbor >= min && cbor <= max);

/** Whatever it is: of a sort that is told elsewhere. */
export const anyShape: Shape<CborValue> = { encode: (value) => value, decode: ok };

export const boolShape: Shape<boolean> = scalar(
  (cbor): cbor is boolean => typeof cbor === "boolean",
);

/** One of a few names, as its number in the list, from 1. */
export const oneOfShape = <Name extends string>(names: readonly Name[]): Shape<Name> => ({
  encode: (name) => {
    assert(names.includes(name), "a name of the list");
    return names.indexOf(name) + 1;
  },
  decode: (cbor) => {
    const name = typeof cbor === "number" ? names[cbor - 1] : undefined;
    return name === undefined ? WRONG : ok(name);
  },
});

/** 0 to `bytesMax` bytes of UTF-8. */
export const textUpTo = (bytesMax: number): Shape<string> =>
  scalar((cbor): cbor is string => typeof cbor === "string" && utf8(cbor).length <= bytesMax);

/** 1 to `bytesMax` bytes of UTF-8. */
export const textShape = (bytesMax: number): Shape<string> =>
  scalar(
    (cbor): cbor is string =>
      typeof cbor === "string" && cbor !== "" && utf8(cbor).length <= bytesMax,
  );

export const nullable = <Value>(shape: Shape<Value>): Shape<Value | null> => ({
  encode: (value) => (value === null ? null : shape.encode(value)),
  decode: (cbor) => (cbor === null ? ok(null) : shape.decode(cbor)),
});

export const listShape = <Value>(
  item: Shape<Value>,
  max: number,
  min = 0,
): Shape<readonly Value[]> => ({
  encode: (values) => {
    assert(values.length >= min && values.length <= max, "a list within its bounds");
    return values.map(item.encode);
  },
  decode: (cbor) => {
    if (!isArray(cbor) || cbor.length < min || cbor.length > max) return WRONG;
    const values: Value[] = [];
    for (const [i, each] of cbor.entries()) {
      const value = item.decode(each);
      if (!value.ok) return within(value.error, i);
      values.push(value.value);
    }
    return ok(values);
  },
});

/**
 * An object as an array: its fields in the order written here. With `laterFields`, up to so many
 * more at the end are passed over: room for fields that a newer version adds.
 */
export function recordShape<Value extends object>(
  fields: { readonly [Name in keyof Value]: Shape<Value[Name]> },
  laterFields = 0,
): Shape<Value> {
  const names = Object.keys(fields) as (keyof Value & string)[];
  return {
    encode: (value) => names.map((name) => fields[name].encode(value[name])),
    decode: (cbor) => {
      if (!isArray(cbor) || cbor.length < names.length) return WRONG;
      if (cbor.length > names.length + laterFields) return WRONG;
      const value: Partial<Value> = {};
      for (const [i, name] of names.entries()) {
        const field = fields[name].decode(cbor[i] ?? null);
        if (!field.ok) return within(field.error, name);
        value[name] = field.value;
      }
      return ok(value as Value);
    },
  };
}

/**
 * A record that grew. Fields named in `absent` came later: where they are missing at the end they
 * stand for what is written there, and encoding leaves them out as far as they say no more than that.
 */
export function grownShape<Value extends object>(
  fields: { readonly [Name in keyof Value]: Shape<Value[Name]> },
  absent: Partial<Value>,
  laterFields: number,
): Shape<Value> {
  const whole = recordShape(fields, laterFields);
  const names = Object.keys(fields) as (keyof Value & string)[];
  const tail = names.map((name) => {
    const value = absent[name];
    return value === undefined ? undefined : fields[name].encode(value);
  });
  const first = tail.lastIndexOf(undefined) + 1;
  return {
    encode: (value) => {
      const cbor = whole.encode(value) as readonly CborValue[];
      let length = cbor.length;
      while (isSame(cbor[length - 1], tail[length - 1])) length -= 1;
      return cbor.slice(0, length);
    },
    decode: (cbor) => {
      if (!isArray(cbor) || cbor.length < first || cbor.length >= names.length) {
        return whole.decode(cbor);
      }
      return whole.decode([...cbor, ...tail.slice(cbor.length).map((value) => value ?? null)]);
    },
  };
}

const isSame = (a: CborValue | undefined, b: CborValue | undefined): boolean =>
  a !== undefined && b !== undefined && equalBytes(encodeCbor(a), encodeCbor(b));

/** A shape with one more rule. */
export const ruled = <Value>(
  shape: Shape<Value>,
  rule: (value: Value) => boolean,
): Shape<Value> => ({
  encode: (value) => {
    assert(rule(value), "a value that keeps its rule");
    return shape.encode(value);
  },
  decode: (cbor) => {
    const value = shape.decode(cbor);
    return value.ok && !rule(value.value) ? WRONG : value;
  },
});

export const encodeShaped = <Value>(shape: Shape<Value>, value: Value): Uint8Array =>
  encodeCbor(shape.encode(value));

/** Refuses more than `bytesMax` before it reads any of it. */
export function decodeShaped<Value>(
  shape: Shape<Value>,
  bytes: Uint8Array,
  bytesMax: number,
): Result<Value, DecodeError> {
  if (bytes.length > bytesMax) {
    return err({ type: "TooLarge", bytes: bytes.length, limit: bytesMax });
  }
  const cbor = decodeCbor(bytes);
  return cbor.ok ? shape.decode(cbor.value) : cbor;
}

const isArray = (cbor: CborValue): cbor is readonly CborValue[] => Array.isArray(cbor);
