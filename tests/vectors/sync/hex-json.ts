/** Values with bytes in them as JSON and back: a byte string is { "hex": "…" }. */
import { fromHex, toHex } from "../../../crypto/base/hex.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

export function jsonOf(value: unknown): Json {
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, jsonOf(field)]));
}

export function valueOf(json: Json): unknown {
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json !== "object" || json === null) return json;
  if ("hex" in json && typeof json["hex"] === "string") return bytesOf(json["hex"]);
  return Object.fromEntries(Object.entries(json).map(([name, field]) => [name, valueOf(field)]));
}

export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes.ok) throw new Error(`no hex: ${hex}`);
  return bytes.value;
}
