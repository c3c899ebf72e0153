/** The capsule at a relay: putting it there and asking for it (sync/wire/http.ts). Rule [RV2]. */
import { toBase64url } from "../../crypto/base/base64url.ts";
import { fromUtf8 } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type CapsuleKeys, capsulePutKeyOf } from "../../crypto/recovery/capsule.ts";
import { JsonFields } from "../session/json-fields.ts";
import type { RelayError, RelayHttp } from "../session/relay-http.ts";
import { PATHS, type PutCapsule } from "../wire/http.ts";
import { CAPSULE_BYTES_MAX, CAPSULE_JSON_BYTES_MAX } from "../wire/limits.ts";

export type HeldCapsule = { readonly capsule: Uint8Array; readonly counter: number };

const pathOf = (place: Uint8Array): string => PATHS.capsule(toBase64url(place));

export async function putCapsule(
  http: RelayHttp,
  keys: CapsuleKeys,
  relayId: Uint8Array,
  { capsule, counter }: HeldCapsule,
): Promise<Result<void, RelayError>> {
  const claim: PutCapsule = {
    capsule: toBase64url(capsule),
    counter,
    putKey: toBase64url(capsulePutKeyOf(keys, relayId)),
  };
  const path = pathOf(keys.place);
  const put = await http.ask({ method: "PUT", path, body: () => claim, isSigned: true });
  return put.ok ? ok(undefined) : put;
}

export async function fetchCapsule(
  http: RelayHttp,
  place: Uint8Array,
): Promise<Result<HeldCapsule, RelayError>> {
  const found = await http.download(pathOf(place), CAPSULE_JSON_BYTES_MAX);
  if (!found.ok) return found;
  const text = fromUtf8(found.value);
  const fields = JsonFields.parse(text.ok ? text.value : "");
  const capsule = fields.bytes("capsule", 1, CAPSULE_BYTES_MAX);
  const counter = fields.whole("counter");
  return fields.isFine ? ok({ capsule, counter }) : err({ type: "Malformed" });
}
