/**
 * Where a request comes from, as far as limits need it: the /24 or /56 that it shares with its neighbours.
 * `X-Forwarded-For` counts only when the connection comes from a proxy that the operator named, and then
 * only the last entry that no such proxy wrote. Never logged.
 */
import { BlockList, isIP, isIPv4 } from "node:net";

import { err, ok, type Result } from "../crypto/base/result.ts";

/** Requests from this machine without a named proxy: tests, and a proxy nobody told us about. */
export const LOOPBACK = "loopback";

export type AddressOf = (remote: string | undefined, forwardedFor: string | undefined) => string;

export type ProxyError = { readonly type: "ProxyMalformed"; readonly entry: string };

const PREFIXES: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

/** `list`: addresses, CIDR ranges, `loopback`, `private`, separated by commas. */
export function parseProxies(list: string): Result<BlockList, ProxyError> {
  const proxies = new BlockList();
  const entries = list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .flatMap((entry) => PREFIXES.get(entry) ?? [entry]);
  for (const entry of entries) {
    const [address = "", bits, ...more] = entry.split("/");
    const family = isIP(address);
    const width = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? width : Number(bits);
    const isWhole = Number.isInteger(prefix) && prefix >= 0 && prefix <= width && bits !== "";
    if (family === 0 || !isWhole || more.length > 0) return err({ type: "ProxyMalformed", entry });
    proxies.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
  }
  return ok(proxies);
}

export function addressReader(proxies: BlockList): AddressOf {
  const isProxy = (address: string): boolean =>
    proxies.check(address, isIPv4(address) ? "ipv4" : "ipv6");
  return (remote, forwardedFor) => {
    let address = unmapped(remote ?? "");
    if (isIP(address) === 0) return "unknown";
    const hops = (forwardedFor ?? "").split(",");
    while (isProxy(address)) {
      const hop = unmapped((hops.pop() ?? "").trim());
      if (isIP(hop) === 0) return "unknown";
      address = hop;
    }
    return prefixOf(address);
  };
}

/** ::ffff:192.0.2.1 is 192.0.2.1. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/iu, "");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function prefixOf(address: string): string {
  if (isIPv4(address)) {
    if (loopback.check(address, "ipv4")) return LOOPBACK;
    return address.split(".").slice(0, 3).join(".");
  }
  if (loopback.check(address, "ipv6")) return LOOPBACK;
  return groupsOf(address)
    .slice(0, 4)
    .map((group, index) => (index === 3 ? group & 0xff00 : group))
    .join(":");
}

/** The eight 16-bit groups of an IPv6 address that `isIP` accepted. */
function groupsOf(address: string): readonly number[] {
  const parse = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16) || 0);
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const left = parse(head);
  if (tail === undefined) return left;
  const right = parse(tail);
  const gap = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0);
  return [...left, ...gap, ...right];
}
