/**
 * Addresses of relays, as they stand in cards and invites: they come from others, and the app will
 * connect to them. Only an origin is kept; https, or http to this very machine; no name and
 * password, and no address inside somebody's network. Rules [RU1] to [RU4] of
 * docs/protocol/crypto.md.
 */
import { utf8 } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";

export const RELAY_URL_BYTES_MAX = 256;

export type RelayUrlError = { readonly type: "RelayUrlInvalid" };
const INVALID: RelayUrlError = { type: "RelayUrlInvalid" };

/** IPv4 ranges that are not the public network: first byte, then the second from … to. */
const PRIVATE_IPV4: readonly (readonly [number, number, number])[] = [
  [0, 0, 255], // this network
  [10, 0, 255],
  [100, 64, 127], // shared by providers (RFC 6598)
  [127, 0, 255],
  [169, 254, 254], // link-local
  [172, 16, 31],
  [192, 168, 168],
];
/** From here on multicast and reserved. */
const MULTICAST_IPV4 = 224;
const LOOPBACK = /^(?:localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])$/;

/** The origin, in the one form that cards and invites carry: `https://relay.example:8443`. */
export function parseRelayUrl(text: string): Result<string, RelayUrlError> {
  if (utf8(text).length > RELAY_URL_BYTES_MAX || !URL.canParse(text)) return err(INVALID);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hostname === "") return err(INVALID);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return err(INVALID);
  const loopback = LOOPBACK.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) return err(INVALID);
  return loopback || isPublicHost(url.hostname) ? ok(url.origin) : err(INVALID);
}

/** Whether `text` is already in that form: what a decoder asks. */
export function isRelayUrl(text: string): boolean {
  const parsed = parseRelayUrl(text);
  return parsed.ok && parsed.value === text;
}

/** Of IPv6 literals global unicast alone (2000::/3). What names lead to, the resolver knows. */
function isPublicHost(hostname: string): boolean {
  if (hostname.startsWith("[")) return /^\[[23]/.test(hostname);
  if (!/^[\d.]+$/.test(hostname)) return true;
  const [first = 0, second = 0] = hostname.split(".").map(Number);
  if (first >= MULTICAST_IPV4) return false;
  return !PRIVATE_IPV4.some(([byte, from, to]) => {
    return first === byte && second >= from && second <= to;
  });
}
