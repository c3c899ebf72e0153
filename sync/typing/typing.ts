/**
 * "… is writing": sealed under our chain's live key, handed to whoever is connected, never stored.
 * docs/protocol/sync.md, rules [TY1] to [TY7].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { sealLive } from "../../crypto/chain/live.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import type { Card } from "../../crypto/identity/card.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, channelOf } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import type { Timers } from "../clock/timers.ts";
import { cardOf, reachableDevices } from "../contact/contacts.ts";
import { isTypingGroup } from "../group/rosters.ts";
import { encodePayload } from "../payload/payload.ts";
import { signTyping } from "../payload/typing.ts";
import type { LinkTo } from "../session/pool.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, Store } from "../store/store.ts";
import { idOf } from "../wire/ids.ts";

/** While somebody writes, others are told once in so long … */
export const TYPING_EVERY_MS = 3_000;
/**
 * … also when they send one message after the other: who begins anew is told of at once, but never more
 * often than so, because the relay counts these frames with the messages themselves.
 */
export const TYPING_FRAMES_MAX = 4;
const TYPING_FRAMES_MS = TYPING_FRAMES_MAX * TYPING_EVERY_MS;
/** … and show it for so long after the last time. */
export const TYPING_SHOWN_MS = 6_000;
/** Relays of a device that are tried. */
const RELAYS_TRIED_MAX = 2;
/** A frame this old is a repetition. */
export const TYPING_AGE_MS_MAX = 30_000;

export type TypingDeps = {
  readonly store: Store;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly linkTo: LinkTo;
  readonly onTyping: (typing: Readonly<Record<number, readonly Hex[]>>) => void;
  readonly failed: (error: unknown) => void;
};

export type TypingBoard = {
  /** The person pressed a key in channel `c`. */
  readonly pressed: (c: number) => void;
  /** They sent what they wrote: with the next key they begin anew. */
  readonly sent: (c: number) => void;
  readonly heard: (c: number, account: Hex, atMs: number) => void;
  /** Their message came: they are not writing it any more. */
  readonly ended: (c: number, account: Hex) => void;
  readonly close: () => void;
};

export function openTypingBoard(deps: TypingDeps): TypingBoard {
  /** When others were told, the newest last; no more than count. */
  const toldAtMs = new Map<number, readonly number[]>();
  /** Channels in which the person has sent since others were told. */
  const begunAnew = new Set<number>();
  const shown = new Map<string, { c: number; account: Hex; cancel: () => void }>();
  /** When they said so last: what is not newer is a repetition. One for each channel that there is. */
  const heardAtMs = new Map<string, number>();

  const show = (): void => {
    const typing: Record<number, Hex[]> = {};
    for (const { c, account } of shown.values()) (typing[c] ??= []).push(account);
    deps.onTyping(typing);
  };
  const end = (c: number, account: Hex): void => {
    const name = `${c} ${account}`;
    shown.get(name)?.cancel();
    if (shown.delete(name)) show();
  };
  return {
    pressed: (c) => {
      const nowMs = deps.timers.now();
      const isWithin = (atMs: number, ms: number): boolean => nowMs >= atMs && nowMs - atMs < ms;
      const told = (toldAtMs.get(c) ?? []).filter((it) => isWithin(it, TYPING_FRAMES_MS));
      const isTold = told.some((it) => isWithin(it, TYPING_EVERY_MS)) && !begunAnew.has(c);
      if (isTold || told.length >= TYPING_FRAMES_MAX) return;
      toldAtMs.set(c, [...told, nowMs]);
      begunAnew.delete(c);
      void tell(deps, c).catch(deps.failed);
    },
    sent: (c) => {
      begunAnew.add(c);
    },
    heard: (c, account, atMs) => {
      const name = `${c} ${account}`;
      if (Math.abs(deps.timers.now() - atMs) > TYPING_AGE_MS_MAX) return;
      if (atMs <= (heardAtMs.get(name) ?? 0)) return;
      heardAtMs.set(name, atMs);
      shown.get(name)?.cancel();
      const cancel = deps.timers.after(TYPING_SHOWN_MS, () => end(c, account));
      shown.set(name, { c, account, cancel });
      show();
    },
    ended: end,
    close: () => {
      for (const { cancel } of shown.values()) cancel();
      shown.clear();
    },
  };
}

const TELL_TABLES = ["channels", "ownChains", "contacts", "devices", "rosters"] as const;

/** Whose business it is that we write there. Rules [TY3] and [TY7]. */
async function seeTyping(tx: ReadTx, self: Self, channel: Channel): Promise<readonly DeviceRow[]> {
  if (channel.kind === "group") {
    const isSmall = await isTypingGroup(tx, channel, self.account);
    const devices = isSmall ? await recipientsOf(tx, self, channel) : [];
    return devices.filter((it) => it.account !== self.account);
  }
  const contact = await tx.get("contacts", channel.account);
  return contact?.state === "accepted" ? reachableDevices(tx, channel.account) : [];
}

/** One frame to every device that holds our chain. Nobody waits for it, nobody misses it. */
async function tell(deps: TypingDeps, c: number): Promise<void> {
  const self = deps.self();
  if (self === undefined) return;
  const found = await deps.store.read(TELL_TABLES, async (tx) => {
    const channel = await channelOf(tx, c);
    const chain = await tx.get("ownChains", c);
    if (channel === undefined || chain === undefined) return undefined;
    const live = await seeTyping(tx, self, channel);
    const devices = live.filter((it) => chain.holders.includes(it.device));
    return { channel, chain, devices };
  });
  if (found === undefined) return;
  const content = {
    channel: bytesOf(found.channel.id),
    device: bytesOf(self.device),
    atMs: Math.max(0, Math.floor(deps.timers.now())),
  };
  const payload = encodePayload("typing", signTyping(content, self.keys.sigSecret));
  const body = envelopeOf(sealLive(found.chain.state, payload, deps.random));
  // At the first of their relays that answers, all who are reached there together: what nobody misses is not
  // said twice.
  const left = new Set(found.devices);
  for (let nth = 0; nth < RELAYS_TRIED_MAX && left.size > 0; nth += 1) {
    const there = [...left].flatMap((device) => {
      const relay = cardOf(device)?.relays[nth];
      return relay === undefined ? [] : [{ device, relay }];
    });
    for (const group of Map.groupBy(there, ({ relay }) => relay.url).values()) {
      if (await putTyping(deps, body, group)) for (const { device } of group) left.delete(device);
    }
  }
}

type Place = { readonly device: DeviceRow; readonly relay: Card["relays"][number] };

/** True when the relay took it. All are reached at one address. */
async function putTyping(
  deps: TypingDeps,
  body: Uint8Array,
  places: readonly Place[],
): Promise<boolean> {
  const [first] = places;
  if (first === undefined) return false;
  const { relay, device } = first;
  const link = deps.linkTo(relay.url, idOf("RelayId", relay.relayId), device.account);
  const answer = await link?.put({
    envelope: idOf("EnvelopeId", envelopeIdOf(body)),
    isEphemeral: true,
    isUrgent: false,
    slot: null,
    ttlSeconds: 0,
    targets: places.map((it) => ({
      mailbox: idOf("MailboxId", it.relay.mailbox),
      token: idOf("Token", it.relay.token),
    })),
    body,
  });
  return answer?.ok === true;
}
