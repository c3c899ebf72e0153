/**
 * To which addresses a relay pushes. A subscription comes from a device, so its endpoint is a stranger's
 * word on where the relay is to connect to: it must not become a way into the operator's network.
 *
 * An endpoint is https, has no user and no fragment, and either
 *   - is of a push service that is named (`*.name` stands for all below it), at port 443, or
 *   - is any host with a name, at port 443, where the operator allows that, or
 *   - is of an origin that the operator wrote out, wherever that is.
 * An address instead of a name is refused before anything is looked up, since no look-up would check it;
 * but for written-out origins, the addresses that a name stands for must be public (`isPublicAddress`),
 * when it is looked up and when the connection stands.
 */
import { BlockList, isIP } from "node:net";

import { err, ok, type Result } from "../../crypto/base/result.ts";
import { PUSH_ENDPOINT_BYTES_MAX } from "../../sync/wire/limits.ts";

/** Those that browsers use. */
const KNOWN_HOSTS = [
  "fcm.googleapis.com",
  "*.push.services.mozilla.com",
  "*.push.apple.com",
  "*.notify.windows.com",
] as const;
const ANY_PUBLIC = "any-public";
/** Entries that an operator may add. */
const HOSTS_MAX = 32;

export type PushHosts = {
  readonly isAnyPublic: boolean;
  /** Names, and names below which all are meant, with their dot in front. */
  readonly hosts: readonly string[];
  readonly suffixes: readonly string[];
  readonly origins: readonly string[];
};

/** What KITH_PUSH_HOSTS says, on top of the services that everybody uses. The error is the entry. */
export function parsePushHosts(text: string): Result<PushHosts, { readonly entry: string }> {
  const entries = text.split(/[\s,]+/u).filter((entry) => entry !== "");
  const surplus = entries[HOSTS_MAX];
  if (surplus !== undefined) return err({ entry: surplus });
  const wrong = entries.find((entry) => !isAny(entry) && !isHost(entry) && !isOrigin(entry));
  if (wrong !== undefined) return err({ entry: wrong });
  const named = [...KNOWN_HOSTS, ...entries.filter(isHost)];
  return ok({
    isAnyPublic: entries.some(isAny),
    hosts: named.filter((it) => !it.startsWith("*.")),
    suffixes: named.filter((it) => it.startsWith("*.")).map((it) => it.slice(1)),
    origins: entries.filter(isOrigin),
  });
}

const HOST = /^(?:\*\.)?(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/u;
const isAny = (entry: string): boolean => entry === ANY_PUBLIC;
const isHost = (entry: string): boolean => HOST.test(entry);
const isOrigin = (entry: string): boolean =>
  entry.startsWith("https://") && URL.canParse(entry) && new URL(entry).origin === entry;

/** `isPlain`: its origin is the operator's own word, and its address is not asked about. */
export type Endpoint = { readonly url: URL; readonly isPlain: boolean };

/** Null: this relay does not push there. */
export function endpointOf(text: string, allowed: PushHosts): Endpoint | null {
  if (text.length > PUSH_ENDPOINT_BYTES_MAX || !URL.canParse(text)) return null;
  const url = new URL(text);
  const { protocol, username, password, hash, hostname, port, origin } = url;
  if (protocol !== "https:" || `${username}${password}${hash}` !== "") return null;
  if (allowed.origins.includes(origin)) return { url, isPlain: true };
  // A URL writes numbers of any form as an address, and an IPv6 address in brackets.
  const isNamed = isIP(hostname) === 0 && HOST.test(hostname);
  if (!isNamed || port !== "") return null;
  const isAllowed =
    allowed.isAnyPublic ||
    allowed.hosts.includes(hostname) ||
    allowed.suffixes.some((suffix) => hostname.endsWith(suffix));
  return isAllowed ? { url, isPlain: false } : null;
}

/** IANA's special-purpose registries: nothing in them is a push service. */
const SPECIAL = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  SPECIAL.addSubnet(net, bits, "ipv4");
}
// Teredo and other protocols' own, documentation, 6to4: they lead elsewhere.
SPECIAL.addSubnet("2001::", 23, "ipv6");
SPECIAL.addSubnet("2001:db8::", 32, "ipv6");
SPECIAL.addSubnet("2002::", 16, "ipv6");
SPECIAL.addSubnet("3fff::", 20, "ipv6");
const GLOBAL = new BlockList();
GLOBAL.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address, as Node writes it, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL.check(address, "ipv4");
  return family === 6 && GLOBAL.check(address, "ipv6") && !SPECIAL.check(address, "ipv6");
}
