/**
 * Guest links, one a relay, dialled on demand: for PUTs to other people's relays and for following
 * their presence. Bounded: when there are too many, one that has nothing to do makes room. Rule [SE18].
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Timers } from "../clock/timers.ts";
import type { Transport } from "../transport/transport.ts";
import type { RelayId } from "../wire/ids.ts";
import type { TevtFrame } from "../wire/topic-frames.ts";
import { type Link, type LinkState, openLink, type Welcome } from "./link.ts";

export const POOL_LINKS_MAX = 16;

export type PoolEvents = {
  /** A link that made room for another one ends with `closed`. */
  readonly onState: (link: Link, state: LinkState) => void;
  readonly onWelcome: (link: Link, welcome: Welcome) => void;
  readonly onTopic: (link: Link, event: TevtFrame) => void;
};

export type PoolOptions = {
  readonly transport: Transport;
  readonly timers: Timers;
  readonly random: Random;
  readonly events: Partial<PoolEvents>;
};

export interface LinkPool {
  /**
   * The guest link to that relay; do not keep it, ask each time. The same address with another id is
   * another link: a forged card cannot spoil the true one. Null when all `POOL_LINKS_MAX` are busy.
   */
  readonly linkTo: (url: string, relayId: RelayId) => Link | null;
  /** For all links, now and later. */
  readonly setVisible: (visible: boolean) => void;
  readonly wake: () => void;
  /** For good. */
  readonly close: () => void;
}

export function openLinkPool({ transport, timers, random, events }: PoolOptions): LinkPool {
  /** In the order in which they were asked for last. */
  const links = new Map<string, Link>();
  let isVisible = true;

  const makeRoom = (): boolean => {
    if (links.size < POOL_LINKS_MAX) return true;
    const oldest = (type: LinkState["type"]): [string, Link] | undefined =>
      [...links].find(([, link]) => link.state().type === type);
    const spare = oldest("idle") ?? oldest("refused") ?? oldest("waiting");
    if (spare === undefined) return false;
    links.delete(spare[0]);
    spare[1].close();
    return true;
  };
  const open = (url: string, relayId: RelayId): Link => {
    const link: Link = openLink({
      url,
      relayId,
      owner: null,
      transport,
      timers,
      random,
      events: {
        onState: (state) => events.onState?.(link, state),
        onWelcome: (welcome) => events.onWelcome?.(link, welcome),
        onTopic: (event) => events.onTopic?.(link, event),
      },
    });
    link.setVisible(isVisible);
    return link;
  };
  return {
    linkTo: (url, relayId) => {
      const name = `${toHex(relayId)} ${url}`;
      const known = links.get(name);
      if (known === undefined && !makeRoom()) return null;
      const link = known ?? open(url, relayId);
      links.delete(name);
      links.set(name, link);
      return link;
    },
    setVisible: (visible) => {
      isVisible = visible;
      for (const link of links.values()) link.setVisible(visible);
    },
    wake: () => {
      for (const link of links.values()) link.wake();
    },
    close: () => {
      for (const link of links.values()) link.close();
      links.clear();
    },
  };
}
