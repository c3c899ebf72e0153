/**
 * Reading a request: its size is bounded while it streams in, its JSON is checked whole (no unknown
 * field, no field twice the size), and only then does anybody look at it.
 */
import type { Context } from "hono";
import * as v from "valibot";

import { fromBase64url } from "../../crypto/base/base64url.ts";
import type { Brand } from "../../crypto/base/brand.ts";
import { fromUtf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Problem } from "../../sync/wire/http.ts";
import { ID_BYTES, type IdName } from "../../sync/wire/ids.ts";
import { HTTP_BODY_BYTES_MAX } from "../../sync/wire/limits.ts";

const tooLarge = err({ type: "BodyTooLarge" } as const);
const malformed = err({ type: "BodyMalformed" } as const);

/** All bytes of the body; stops reading at the bound, whatever Content-Length said. */
export async function readBody(
  c: Context,
  bytesMax = HTTP_BODY_BYTES_MAX,
): Promise<Result<Uint8Array, Problem>> {
  if (Number(c.req.header("content-length") ?? 0) > bytesMax) return tooLarge;
  const stream = c.req.raw.body;
  if (stream === null) return ok(new Uint8Array(0));
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return ok(new Uint8Array(Buffer.concat(chunks, length)));
      length += value.length;
      if (length > bytesMax) return tooLarge;
      chunks.push(value);
    }
  } catch {
    // The client went away, or broke its own framing.
    return malformed;
  } finally {
    reader.releaseLock();
  }
}

export function parseJson<Shape extends v.GenericSchema>(
  c: Context,
  shape: Shape,
  body: Uint8Array,
): Result<v.InferOutput<Shape>, Problem> {
  const mediaType = c.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") return err({ type: "BodyTypeUnknown" });
  const text = fromUtf8(body);
  if (!text.ok) return malformed;
  try {
    const read = v.safeParse(shape, JSON.parse(text.value));
    return read.success ? ok(read.output) : malformed;
  } catch {
    // JSON.parse throws on what is no JSON, and on nesting that no stack holds.
    return malformed;
  }
}

const base64url = (min: number, max: number): v.GenericSchema<string, Uint8Array> =>
  v.pipe(
    v.string(),
    v.maxLength(Math.ceil((max * 4) / 3)),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const bytes = fromBase64url(dataset.value);
      if (bytes.ok && bytes.value.length >= min && bytes.value.length <= max) return bytes.value;
      addIssue({ message: "not base64url of that length" });
      return NEVER;
    }),
  );

/** Between 1 and `max` bytes. */
export const bytesUpTo = (max: number): v.GenericSchema<string, Uint8Array> => base64url(1, max);

export const exactBytes = (length: number): v.GenericSchema<string, Uint8Array> =>
  base64url(length, length);

/** An id of sync/wire/ids.ts. */
export const idField = <Name extends IdName>(
  name: Name,
): v.GenericSchema<string, Brand<Uint8Array, Name>> =>
  // The length is what makes bytes an id.
  exactBytes(ID_BYTES[name]) as unknown as v.GenericSchema<string, Brand<Uint8Array, Name>>;

export const timeField: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
);
