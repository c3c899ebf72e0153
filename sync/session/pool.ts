/**
 * Guest links, one a relay, dialled on demand: for PUTs to other people's relays and for following
 * their presence. Bounded: the link that was asked longest ago and has nothing to do makes room.
 */
import type { RelayId } from "../wire/ids.ts";
import type { TevtFrame } from "../wire/topic-frames.ts";
import type { Link, LinkState } from "./link.ts";

export type LinkPool = {
  /** The link to that relay. Null when all `POOL_LINKS_MAX` are in use. */
  readonly linkTo: (url: string, relayId: RelayId) => Link | null;
  /** Applies to present and future links. */
  readonly setVisible: (visible: boolean) => void;
  readonly wake: () => void;
  readonly close: () => void;
};

export type PoolEvents = {
  readonly onState: (url: string, state: LinkState) => void;
  readonly onTopic: (url: string, event: TevtFrame) => void;
};
