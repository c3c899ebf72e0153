/**
 * Which relays that others name may be asked for anything: cards and invites come from strangers too,
 * and must not make this device knock inside the network that it happens to be in. What counts as an
 * address at all is crypto/identity/relay-url.ts. docs/protocol/sync-session.md, rule [SE23].
 */
import { err } from "../../crypto/base/result.ts";
import type { Transport } from "../transport/transport.ts";

const LOOPBACK = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Names that only a local resolver knows (RFC 6761, 6762, 8375; ICANN reserves .internal). */
const LOCAL_NAME = /\.(?:local|localhost|internal|home\.arpa)$/;
/** 6to4 and Teredo carry an IPv4 address, whatever network that is in. */
const TUNNEL = /^\[(?:2002:|2001:0?:)/;

export type MayReach = (url: string) => boolean;

/** `homeUrl` and what is named: in the form of relay-url.ts. */
export function reachFrom(homeUrl: string): MayReach {
  const isHomeLoopback = LOOPBACK.test(hostOf(homeUrl));
  return (url) => {
    if (url === homeUrl) return true;
    const host = hostOf(url);
    if (LOOPBACK.test(host)) return isHomeLoopback;
    if (!url.startsWith("https://") || LOCAL_NAME.test(host) || TUNNEL.test(host)) return false;
    // A dot at the end would hide both of the above; a name without one is the local network's.
    return host.startsWith("[") || (host.includes(".") && !host.endsWith("."));
  };
}

/** A transport whose requests go nowhere else: who asks in vain hears that nobody is there. */
export const withinReach = (transport: Transport, mayReach: MayReach): Transport => ({
  connect: transport.connect,
  request: (request) =>
    mayReach(new URL(request.url).origin)
      ? transport.request(request)
      : Promise.resolve(err({ type: "Unreachable" })),
  download: (url, bytesMax) =>
    mayReach(new URL(url).origin)
      ? transport.download(url, bytesMax)
      : Promise.resolve(err({ type: "Unreachable" })),
});

const hostOf = (url: string): string => new URL(url).hostname;
