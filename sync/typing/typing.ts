/**
 * "… is writing": sealed under our chain's live key, handed to whoever is connected, never stored.
 * docs/protocol/sync.md, rules [TY1] to [TY6].
 */
import type { Random } from "../../crypto/base/random.ts";
import { sealLive } from "../../crypto/chain/live.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, channelOf } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { cardOf, reachableDevices } from "../contact/contacts.ts";
import { encodePayload } from "../payload/payload.ts";
import { signTyping } from "../payload/typing.ts";
import type { LinkTo } from "../session/pool.ts";
import type { Hex } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
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

/** One frame to every device that holds our chain. Nobody waits for it, nobody misses it. */
async function tell(deps: TypingDeps, c: number): Promise<void> {
  const self = deps.self();
  if (self === undefined) return;
  const found = await deps.store.read(
    ["channels", "ownChains", "contacts", "devices"],
    async (tx) => {
      const channel = await channelOf(tx, c);
      const chain = await tx.get("ownChains", c);
      if (channel === undefined || chain === undefined) return undefined;
      const contact = await tx.get("contacts", channel.account);
      if (contact?.state !== "accepted") return undefined;
      const live = await reachableDevices(tx, channel.account);
      const devices = live.filter((it) => chain.holders.includes(it.device));
      return { channel, chain, devices };
    },
  );
  if (found === undefined) return;
  const content = {
    channel: bytesOf(found.channel.id),
    device: bytesOf(self.device),
    atMs: Math.max(0, Math.floor(deps.timers.now())),
  };
  const payload = encodePayload("typing", signTyping(content, self.keys.sigSecret));
  const body = envelopeOf(sealLive(found.chain.state, payload, deps.random));
  for (const device of found.devices) {
    // At the first of their relays that answers: what nobody misses is not said twice.
    for (const relay of cardOf(device)?.relays ?? []) {
      const relayId = idOf("RelayId", relay.relayId);
      const answer = await deps.linkTo(relay.url, relayId, device.account)?.put({
        envelope: idOf("EnvelopeId", envelopeIdOf(body)),
        isEphemeral: true,
        isUrgent: false,
        slot: null,
        ttlSeconds: 0,
        targets: [{ mailbox: idOf("MailboxId", relay.mailbox), token: idOf("Token", relay.token) }],
        body,
      });
      if (answer?.ok === true) break;
    }
  }
}
