import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { u32le } from "../../../crypto/base/bytes.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { liveTagOf, openLive, sealLive, slotOf } from "../../../crypto/chain/live.ts";
import {
  CHAIN_MESSAGES_MAX,
  CHAIN_MS_MAX,
  isChainSpent,
  SMALL_CHAIN_MESSAGES_MAX,
  SMALL_CHAIN_MS_MAX,
} from "../../../crypto/chain/renewal.ts";
import {
  CHAIN_JUMP_MAX,
  CHAIN_SKIPPED_MAX,
  HAND_OVER_BYTES,
  handOverOf,
  makeChain,
  openChain,
  type PeerChain,
  peerChainFrom,
  sealChain,
  type SenderChain,
} from "../../../crypto/chain/sender-chain.ts";
import { envelopeOf } from "../../../crypto/envelope.ts";
import { skipTo } from "../../../crypto/ratchet/skipped.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { bytesOf, flipped, NOW_MS, randomOf, textOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const author = bytesOf(16, 1);
const channel = bytesOf(16, 2);
const random = randomOf(31);
const OPEN_FAILED = { ok: false, error: { type: "OpenFailed" } };

function pair(): { sender: SenderChain; peer: PeerChain } {
  const sender = makeChain(channel, author, random);
  return { sender, peer: unwrap(peerChainFrom(handOverOf(sender), author)) };
}

function sealMany(from: SenderChain, count: number): Uint8Array[] {
  let chain = from;
  return Array.from({ length: count }, (_, i) => {
    const sealed = sealChain(chain, textOf(String(i)), random);
    chain = sealed.chain;
    return sealed.message;
  });
}

/** The same chain, so many messages later. */
const later = (chain: SenderChain, n: number): SenderChain => ({
  ...chain,
  chainKey: skipTo(chain.chainKey, chain.n, n, 0).chainKey,
  n,
});

describe("sender chain", () => {
  test("[SC1] opens what its author sealed: 605 bytes for an entry of 300", () => {
    const { sender, peer } = pair();
    const { message } = sealChain(sender, bytesOf(300, 7), random);
    expect(unwrap(openChain(peer, message)).payload).toEqual(bytesOf(300, 7));
    expect(envelopeOf(message)).toHaveLength(605);
    expect(message.subarray(0, 16)).toEqual(peer.tag);
  });

  test("[SC2] any loss, reordering and repetition delivers each message once, unaltered", () => {
    const { sender, peer } = pair();
    const messages = sealMany(sender, 40);
    const some = fc.array(fc.nat(39), { maxLength: 80, size: "max" });
    fc.assert(
      fc.property(some, (arriving) => {
        let chain = peer;
        const opened = new Set<number>();
        for (const i of arriving) {
          const before = structuredClone(chain);
          const got = openChain(chain, messages[i]!);
          expect(chain).toEqual(before);
          const expected = opened.has(i) ? "AlreadyOpened" : textOf(String(i));
          expect(got.ok ? got.value.payload : got.error.type).toEqual(expected);
          if (got.ok) chain = got.value.chain;
          opened.add(i);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("[SC3] every byte tampered with is refused, and leaves the state as it was", () => {
    const { sender, peer } = pair();
    const { message } = sealChain(sender, textOf("hi"), random);
    const before = structuredClone(peer);
    // Number and nonce are no proof by themselves: altered, they may lead out of reach first.
    const unmasks = (i: number): boolean => i >= 16 && i < 44;
    for (let i = 0; i < message.length; i++) {
      const got = openChain(peer, flipped(message, i));
      const type = got.ok ? "opened" : got.error.type;
      const either = unmasks(i) && type === "SkippedTooMany" ? "OpenFailed" : type;
      expect({ i, type: either }).toEqual({ i, type: "OpenFailed" });
    }
    expect(peer).toEqual(before);
    answersAnything((bytes) => openChain(peer, bytes), message);
  });

  test("[SC4] a message opens in no other channel and for no other author", () => {
    const { sender, peer } = pair();
    const { message } = sealChain(sender, textOf("hi"), random);
    expect(openChain({ ...peer, channel: bytesOf(16, 9) }, message)).toEqual(OPEN_FAILED);
    expect(openChain({ ...peer, author: bytesOf(16, 9) }, message)).toEqual(OPEN_FAILED);
  });

  test("[SC5] a chain handed out again by another device catches nothing of the author's", () => {
    const { sender } = pair();
    const stolen = unwrap(peerChainFrom(handOverOf(sender), bytesOf(16, 9)));
    expect(stolen.tag).not.toEqual(sender.tag);
    expect(liveTagOf(stolen)).not.toEqual(liveTagOf(sender));
  });

  test("[SC6] numbers do not show: a masked number differs from message to message", () => {
    const { sender } = pair();
    const shown = Array.from({ length: 8 }, () =>
      Buffer.from(sealChain(sender, textOf("hi"), random).message.subarray(16, 20)).toString("hex"),
    );
    expect(new Set(shown).size).toBe(8);
    expect(shown).not.toContain(Buffer.from(u32le(0)).toString("hex"));
  });

  test("[SC7] steps over 2,000 lost messages, not over 2,001", () => {
    const { sender, peer } = pair();
    const far = sealChain(later(sender, CHAIN_JUMP_MAX), textOf("far"), random);
    expect(CHAIN_JUMP_MAX).toBe(2_000);
    expect(unwrap(openChain(peer, far.message)).payload).toEqual(textOf("far"));
    const farther = sealChain(far.chain, textOf("farther"), random);
    expect(openChain(peer, farther.message)).toEqual({
      ok: false,
      error: { type: "SkippedTooMany", steps: CHAIN_JUMP_MAX + 1, limit: CHAIN_JUMP_MAX },
    });
  });

  test("[SC7] keeps the newest 2,000 skipped keys", () => {
    const { sender, peer } = pair();
    const at = (i: number): Uint8Array => sealChain(later(sender, i), textOf("x"), random).message;
    const near = unwrap(openChain(peer, at(1_500)));
    expect(near.chain.skipped).toHaveLength(1_500);
    const n = CHAIN_SKIPPED_MAX + 11;
    const far = unwrap(openChain(near.chain, at(n)));
    expect(far.chain.skipped).toHaveLength(CHAIN_SKIPPED_MAX);
    expect(openChain(far.chain, at(9))).toMatchObject({ error: { type: "AlreadyOpened", n: 9 } });
    expect(openChain(far.chain, at(10)).ok).toBe(true);
    expect(openChain(far.chain, at(n - 1)).ok).toBe(true);
    const farther = at(n + 50);
    const next = unwrap(openChain(far.chain, farther)).chain;
    expect(next.skipped).toHaveLength(CHAIN_SKIPPED_MAX);
    expect(openChain(next, at(10)).ok).toBe(false);
  });

  test("[SC8] a hand-over of any other length is refused", () => {
    const { sender } = pair();
    const decode = (bytes: Uint8Array): { ok: boolean } => peerChainFrom(bytes, author);
    expect(handOverOf(sender)).toHaveLength(HAND_OVER_BYTES);
    refusesOtherLengths(decode, handOverOf(sender));
    answersAnything(decode, handOverOf(sender));
    readsOnlyItsView(decode, handOverOf(sender));
  });

  test("[SC9] is spent after 100 messages or 7 days, in a small channel after 25 or a day", () => {
    const spent = (sealedCount: number, ageMs: number, devices: number): boolean =>
      isChainSpent({ sealedCount, startedAtMs: NOW_MS, devices, nowMs: NOW_MS + ageMs });
    expect([spent(24, SMALL_CHAIN_MS_MAX, 16), spent(SMALL_CHAIN_MESSAGES_MAX, 0, 16)]).toEqual([
      false,
      true,
    ]);
    expect([spent(99, CHAIN_MS_MAX, 17), spent(CHAIN_MESSAGES_MAX, 0, 17)]).toEqual([false, true]);
    expect([spent(0, SMALL_CHAIN_MS_MAX + 1, 2), spent(0, CHAIN_MS_MAX + 1, 500)]).toEqual([
      true,
      true,
    ]);
    expect(spent(0, -1, 2)).toBe(true);
  });
});

describe("live frames", () => {
  test("[LV1] opens for whoever holds the chain, as often as it comes, and changes nothing", () => {
    const { sender, peer } = pair();
    const frame = sealLive(sender, textOf("typing"), random);
    for (const _ of [1, 2]) {
      expect(openLive(peer, frame)).toEqual({ ok: true, value: textOf("typing") });
    }
    expect(frame.subarray(0, 16)).toEqual(liveTagOf(peer));
    expect(sealLive(sender, textOf("typing"), random).subarray(16)).not.toEqual(frame.subarray(16));
  });

  test("[LV2] every byte tampered with is refused, and so are other channels and authors", () => {
    const { sender, peer } = pair();
    const frame = sealLive(sender, textOf("typing"), random);
    for (let i = 0; i < frame.length; i++) {
      expect({ i, got: openLive(peer, flipped(frame, i)) }).toEqual({ i, got: OPEN_FAILED });
    }
    expect(openLive({ ...peer, channel: bytesOf(16, 9) }, frame)).toEqual(OPEN_FAILED);
    expect(openLive({ ...peer, author: bytesOf(16, 9) }, frame)).toEqual(OPEN_FAILED);
    answersAnything((bytes) => openLive(peer, bytes), frame);
  });

  test("[LV3] a new chain has a new live tag and a new slot of 8 bytes", () => {
    const [one, two] = [pair().sender, pair().sender];
    expect(slotOf(one.liveKey)).toHaveLength(8);
    expect(slotOf(one.liveKey)).not.toEqual(slotOf(two.liveKey));
    expect(liveTagOf(one)).not.toEqual(liveTagOf(two));
    expect(liveTagOf(one)).not.toEqual(one.tag);
  });
});
