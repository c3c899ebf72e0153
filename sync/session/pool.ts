/**
 * Guest links, one a relay, dialled on demand: for PUTs to other people's relays and for following
 * their presence. Bounded, in all and for each account that they are asked for: cards of one contact
 * may name forty relays. When there are too many, one that has nothing to do makes room, else one of
 * whoever has most. Rules [SE18], [SE23] and [SE24].
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Timers } from "../clock/timers.ts";
import type { Transport } from "../transport/transport.ts";
import type { RelayId } from "../wire/ids.ts";
import type { TevtFrame } from "../wire/topic-frames.ts";
import { type Link, type LinkState, openLink, type Welcome } from "./link.ts";
import type { MayReach } from "./reach.ts";

export const POOL_LINKS_MAX = 16;
/** Of them, to relays that are asked for one account alone. */
export const POOL_ACCOUNT_LINKS_MAX = 4;

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
  readonly mayReach: MayReach;
  readonly events: Partial<PoolEvents>;
};

export type LinkTo = (url: string, relayId: RelayId, account: string) => Link | null;

export interface LinkPool {
  /**
   * The guest link to that relay; do not keep it, ask each time. The same address with another id is
   * another link: a forged card cannot spoil the true one. `account`: of the contact for whom it is
   * asked. Null when the relay is out of reach, when all `POOL_LINKS_MAX` are busy and nobody has more
   * than this account, or when all that the account may have are.
   */
  readonly linkTo: LinkTo;
  /** For all links, now and later. */
  readonly setVisible: (visible: boolean) => void;
  readonly wake: () => void;
  /** A relay answers at that address; see Link. */
  readonly answered: (url: string) => void;
  /** For good. */
  readonly close: () => void;
}

/** `accounts`: those it was asked for. One that several asked for is nobody's share. */
type Pooled = { readonly link: Link; readonly accounts: Set<string> };

export function openLinkPool(options: PoolOptions): LinkPool {
  const { transport, timers, random, mayReach, events } = options;
  /** In the order in which they were asked for last. */
  const links = new Map<string, Pooled>();
  let isVisible = true;

  const makeRoom = (account: string): boolean => {
    const own = shareOf(links, account);
    const isOverShare = own.length >= POOL_ACCOUNT_LINKS_MAX;
    if (!isOverShare && links.size < POOL_LINKS_MAX) return true;
    const name =
      spareOf(isOverShare ? own : [...links]) ??
      (isOverShare ? undefined : greediestOf(links, own.length + 1));
    const spare = name === undefined ? undefined : links.get(name);
    if (name === undefined || spare === undefined) return false;
    links.delete(name);
    spare.link.close();
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
    linkTo: (url, relayId, account) => {
      if (!mayReach(url)) return null;
      const name = `${toHex(relayId)} ${url}`;
      const known = links.get(name);
      if (known === undefined && !makeRoom(account)) return null;
      const pooled = known ?? { link: open(url, relayId), accounts: new Set() };
      pooled.accounts.add(account);
      links.delete(name);
      links.set(name, pooled);
      return pooled.link;
    },
    setVisible: (visible) => {
      isVisible = visible;
      for (const { link } of links.values()) link.setVisible(visible);
    },
    wake: () => {
      for (const { link } of links.values()) link.wake();
    },
    answered: (url) => {
      for (const { link } of links.values()) if (link.url === url) link.answered();
    },
    close: () => {
      for (const { link } of links.values()) link.close();
      links.clear();
    },
  };
}

type Named = readonly [string, Pooled];

const shareOf = (links: ReadonlyMap<string, Pooled>, account: string): readonly Named[] =>
  [...links].filter(([, { accounts }]) => accounts.size === 1 && accounts.has(account));

/** One that has nothing to do, or to whom nobody answers as expected. */
function spareOf(links: readonly Named[]): string | undefined {
  const oldest = (type: LinkState["type"]): string | undefined =>
    links.find(([, { link }]) => link.state().type === type)?.[0];
  return oldest("idle") ?? oldest("refused") ?? oldest("waiting");
}

/** The oldest of the account with the most links, if those are more than `fairCount`. */
function greediestOf(links: ReadonlyMap<string, Pooled>, fairCount: number): string | undefined {
  const accounts = new Set([...links.values()].flatMap((it) => [...it.accounts]));
  const shares = [...accounts].map((it) => shareOf(links, it));
  const [most] = shares.toSorted((a, b) => b.length - a.length);
  return most !== undefined && most.length > fairCount ? most[0]?.[0] : undefined;
}
