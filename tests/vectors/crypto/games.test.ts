/**
 * Forward secrecy and healing as games: an adversary records everything, steals a device's state at
 * some moment, and follows on with it as far as the code lets it.
 */
import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  handOverOf,
  makeChain,
  openChain,
  type PeerChain,
  peerChainFrom,
  sealChain,
} from "../../../crypto/chain/sender-chain.ts";
import { accept, initiate, splitFirstFlight } from "../../../crypto/handshake/handshake.ts";
import { decryptSession } from "../../../crypto/ratchet/receive.ts";
import { encryptSession } from "../../../crypto/ratchet/send.ts";
import type { Session } from "../../../crypto/ratchet/session.ts";
import { bytesOf, NOW_MS, personOf, randomOf, sessionsOf, textOf, unwrap } from "../../crypto/people.ts";

beforeAll(() => ready);

const random = randomOf(4_242);
const options = { random, nowMs: NOW_MS };

/** Opens what it can with stolen state, and keeps what that yields. */
function follower(stolen: Session): (message: Uint8Array) => boolean {
  let session = structuredClone(stolen);
  return (message) => {
    const got = decryptSession(session, message);
    if (got.ok) session = got.value.session;
    return got.ok;
  };
}

/** Rounds of honest talk, each side stepping; gives back what went over the wire. */
function talk(start: { alice: Session; bob: Session }, rounds: number) {
  let { alice, bob } = start;
  const toAlice: Uint8Array[] = [];
  const toBob: Uint8Array[] = [];
  for (let i = 0; i < rounds; i++) {
    const down = encryptSession(bob, textOf(`b${i}`), { ...options, forceStep: true });
    toAlice.push(down.message);
    alice = unwrap(decryptSession(alice, down.message)).session;
    const up = encryptSession(alice, textOf(`a${i}`), { ...options, forceStep: true });
    toBob.push(up.message);
    alice = up.session;
    bob = unwrap(decryptSession(down.session, up.message)).session;
  }
  return { alice, bob, toAlice, toBob };
}

describe("sessions", () => {
  const start = (): { alice: Session; bob: Session } =>
    sessionsOf(personOf(1), personOf(2), randomOf(5));

  test("[FS1] who steals a device opens nothing of what it received before", () => {
    const end = talk(start(), 4);
    expect(end.toAlice.filter(follower(end.alice))).toEqual([]);
    expect(end.toBob.filter(follower(end.bob))).toEqual([]);
  });

  test("[FS2] nor anything of what it sent before", () => {
    const end = talk(start(), 4);
    expect(end.toBob.filter(follower(end.alice))).toEqual([]);
    expect(end.toAlice.filter(follower(end.bob))).toEqual([]);
  });

  test("[FS3] within one epoch a message key is gone once used", () => {
    const middle = talk(start(), 1);
    const one = encryptSession(middle.alice, textOf("1"), options);
    const two = encryptSession(one.session, textOf("2"), options);
    const bob = unwrap(decryptSession(middle.bob, one.message)).session;
    const steal = follower(bob);
    expect([steal(one.message), steal(two.message)]).toEqual([false, true]);
  });

  test("[FS4] stolen prekeys open the first flight, and nothing after the first answer", () => {
    const [alice, bob] = [personOf(1), personOf(2)];
    const begun = unwrap(initiate(alice.self, bob.bundle, null, NOW_MS, random));
    const first = encryptSession(begun, textOf("first"), options);
    const flight = unwrap(splitFirstFlight(first.message));
    const accepted = unwrap(accept(bob.self, bob.prekeys, null, flight, NOW_MS));
    const answer = encryptSession(accepted.session, textOf("answer"), options);
    const heard = unwrap(decryptSession(first.session, answer.message)).session;
    const second = encryptSession(heard, textOf("second"), options);

    // Weeks later: identity keys and prekey secrets of Bob, and the recording.
    const replayed = unwrap(accept(bob.self, bob.prekeys, null, flight, NOW_MS));
    expect(replayed.payload).toEqual(textOf("first"));
    expect(decryptSession(replayed.session, second.message).ok).toBe(false);
  });

  test("[PC1] a session heals: a full round after the theft its copy opens nothing more", () => {
    const middle = talk(start(), 2);
    const steal = follower(middle.bob);
    const same = encryptSession(middle.alice, textOf("same epoch"), options);
    const bob = unwrap(decryptSession(middle.bob, same.message)).session;
    const after = talk({ alice: same.session, bob }, 3);
    expect([same.message, ...after.toBob].map(steal)).toEqual([true, false, false, false]);
  });

  test("[PC2] the copy does not even know where the next messages arrive", () => {
    const middle = talk(start(), 2);
    const steal = follower(middle.alice);
    const after = talk(middle, 4);
    expect(after.toAlice.map(steal)).toEqual([true, false, false, false]);
    expect(after.toAlice.filter(follower(middle.bob))).toEqual([]);
  });
});

describe("sender chains", () => {
  const author = bytesOf(16, 1);
  const channel = bytesOf(16, 2);
  const opens = (chain: PeerChain, message: Uint8Array): boolean => openChain(chain, message).ok;

  test("[FS5] a newcomer reads from its hand-over on, and nothing earlier", () => {
    let chain = makeChain(channel, author, random);
    const messages = [0, 1, 2, 3, 4].map((i) => {
      const sealed = sealChain(chain, textOf(String(i)), random);
      if (i < 3) chain = sealed.chain;
      return sealed.message;
    });
    const newcomer = unwrap(peerChainFrom(handOverOf(chain), author));
    expect(messages.slice(0, 4).map((it) => opens(newcomer, it))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test("[FS6] neither a receiver's nor the sender's state opens what was opened or sent", () => {
    let chain = makeChain(channel, author, random);
    let peer = unwrap(peerChainFrom(handOverOf(chain), author));
    const messages: Uint8Array[] = [];
    for (let i = 0; i < 5; i++) {
      const sealed = sealChain(chain, textOf(String(i)), random);
      chain = sealed.chain;
      messages.push(sealed.message);
      peer = unwrap(openChain(peer, sealed.message)).chain;
    }
    const own = unwrap(peerChainFrom(handOverOf(chain), author));
    expect(messages.filter((it) => opens(peer, it) || opens(own, it))).toEqual([]);
  });

  test("[PC3] a chain heals by a new one alone: who holds the old keys opens none of it", () => {
    const stolen = makeChain(channel, author, random);
    const holder = unwrap(peerChainFrom(handOverOf(stolen), author));
    const fresh = makeChain(channel, author, random);
    expect(opens(holder, sealChain(stolen, textOf("old"), random).message)).toBe(true);
    const { message } = sealChain(fresh, textOf("new"), random);
    expect(opens(holder, message)).toBe(false);
    expect(opens({ ...holder, tag: fresh.tag }, message)).toBe(false);
  });
});
