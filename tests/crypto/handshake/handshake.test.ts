import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  accept,
  acceptAny,
  initiate,
  PREFIX_BYTES,
  splitFirstFlight,
} from "../../../crypto/handshake/handshake.ts";
import { makePrekeys } from "../../../crypto/handshake/prekeys.ts";
import { decryptSession } from "../../../crypto/ratchet/receive.ts";
import { encryptSession } from "../../../crypto/ratchet/send.ts";
import { isAnswered, tagsOf } from "../../../crypto/ratchet/session.ts";
import { bytesOf, flipped, NOW_MS, personOf, randomOf, textOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const random = (seed: number): ReturnType<typeof randomOf> => randomOf(900 + seed);
const OPEN_FAILED = { ok: false, error: { type: "OpenFailed" } };

/** Alice's first message to Bob, who is offline. */
function firstFlight(psk: Uint8Array | null = null) {
  const [alice, bob] = [personOf(1), personOf(2)];
  const session = unwrap(initiate(alice.self, bob.bundle, psk, NOW_MS, random(1)));
  const sent = encryptSession(session, textOf("hello"), { random: random(2), nowMs: NOW_MS });
  return { alice, bob, ...sent };
}

describe("handshake", () => {
  test("[HS1] opens in one flight, while the other side is offline", () => {
    const { alice, bob, message } = firstFlight();
    const flight = unwrap(splitFirstFlight(message));
    expect(flight.prekeyId).toEqual(bob.prekeys.id);
    const accepted = unwrap(accept(bob.self, bob.prekeys, null, flight, NOW_MS));
    expect(accepted.payload).toEqual(textOf("hello"));
    expect(accepted.peer).toEqual(alice.self.certificate);
  });

  test("[HS2] both sides name the session alike, and either direction opens", () => {
    const { bob, session: alice, message } = firstFlight();
    const flight = unwrap(splitFirstFlight(message));
    const accepted = unwrap(accept(bob.self, bob.prekeys, null, flight, NOW_MS));
    expect(accepted.session.th).toEqual(alice.th);
    const options = { random: random(3), nowMs: NOW_MS };
    const answer = encryptSession(accepted.session, textOf("hi"), options);
    const got = unwrap(decryptSession(alice, answer.message));
    expect(got.payload).toEqual(textOf("hi"));
    expect([isAnswered(alice), isAnswered(got.session)]).toEqual([false, true]);
  });

  test("[HS3] the prefix goes before every message until the answer, and none after", () => {
    const { bob, session, message } = firstFlight();
    const options = { random: random(3), nowMs: NOW_MS };
    const second = encryptSession(session, textOf("again"), options);
    expect(second.message.subarray(0, PREFIX_BYTES)).toEqual(message.subarray(0, PREFIX_BYTES));

    const flight = unwrap(splitFirstFlight(second.message));
    const accepted = unwrap(accept(bob.self, bob.prekeys, null, flight, NOW_MS));
    expect(accepted.payload).toEqual(textOf("again"));
    // The earlier message comes late: its mark is known, so it goes to the session that exists.
    const late = unwrap(splitFirstFlight(message));
    expect(late.mark).toEqual(flight.mark);
    expect(tagsOf(accepted.session)[0]).toEqual(late.message.subarray(0, 16));
    expect(unwrap(decryptSession(accepted.session, late.message)).payload).toEqual(textOf("hello"));

    const answer = encryptSession(accepted.session, textOf("hi"), options);
    const answered = unwrap(decryptSession(second.session, answer.message)).session;
    const third = encryptSession(answered, textOf("third"), options);
    expect(third.message.subarray(0, 16)).toEqual(tagsOf(answer.session).at(-1));
  });

  test.each([
    ["the right key", bytesOf(32, 7), bytesOf(32, 7), true],
    ["another key", bytesOf(32, 7), bytesOf(32, 8), false],
    ["no key where there was one", bytesOf(32, 7), null, false],
    ["a key where there was none", null, bytesOf(32, 7), false],
  ])("[HS4] with %s of the invite it opens or not", (_, theirs, ours, opens) => {
    const { bob, message } = firstFlight(theirs);
    const flight = unwrap(splitFirstFlight(message));
    const accepted = accept(bob.self, bob.prekeys, ours, flight, NOW_MS);
    expect(accepted).toMatchObject(opens ? { ok: true } : OPEN_FAILED);
  });

  test("[HS4] of several keys the one that opens is told, and of none nothing", () => {
    const { alice, bob, message } = firstFlight(bytesOf(32, 7));
    const flight = unwrap(splitFirstFlight(message));
    const psks = [bytesOf(32, 8), null, bytesOf(32, 7), bytesOf(32, 9)];
    const opened = unwrap(acceptAny(bob.self, bob.prekeys, psks, flight, NOW_MS));
    expect(opened).toMatchObject({ at: 2, payload: textOf("hello"), peer: alice.self.certificate });
    for (const others of [[], psks.toSpliced(2, 1)]) {
      expect(acceptAny(bob.self, bob.prekeys, others, flight, NOW_MS)).toEqual(OPEN_FAILED);
    }
  });

  test("[HS5] the prefix shows none of the initiator's keys and ids", () => {
    const { alice, message } = firstFlight();
    const { account, device, sigKey, dhKey, bytes } = alice.self.certificate;
    for (const secret of [account, device, sigKey, dhKey, bytes.subarray(0, 32)]) {
      expect(Buffer.from(message).includes(Buffer.from(secret))).toBe(false);
    }
  });

  test("[HS6] refuses every altered byte of prefix and message, with one indistinct error", () => {
    const { bob, message } = firstFlight();
    const step = (i: number): number => (i < 16 || i > 1_120 ? 1 : 37);
    for (let i = 0; i < message.length; i += step(i)) {
      const flight = unwrap(splitFirstFlight(flipped(message, i)));
      expect({ i, got: accept(bob.self, bob.prekeys, null, flight, NOW_MS) }).toEqual({
        i,
        got: OPEN_FAILED,
      });
    }
  });

  test("[HS7] opens for no other device and no other prekeys", () => {
    const { bob, message } = firstFlight();
    const flight = unwrap(splitFirstFlight(message));
    const carol = personOf(3);
    expect(accept(carol.self, bob.prekeys, null, flight, NOW_MS)).toEqual(OPEN_FAILED);
    expect(accept(carol.self, carol.prekeys, null, flight, NOW_MS)).toEqual(OPEN_FAILED);
    const { secrets } = makePrekeys(bob.self, 8, NOW_MS, random(9));
    expect(accept(bob.self, secrets, null, flight, NOW_MS)).toEqual(OPEN_FAILED);
    const same = { ...secrets, id: bob.prekeys.id };
    expect(accept(bob.self, same, null, flight, NOW_MS)).toEqual(OPEN_FAILED);
    const renumbered = { ...bob.prekeys, spkId: bob.prekeys.spkId + 1 };
    expect(accept(bob.self, renumbered, null, flight, NOW_MS)).toEqual(OPEN_FAILED);
  });

  test("[HS8] uses no bundle whose keys are of low order or out of range", () => {
    const [alice, bob] = [personOf(1), personOf(2)];
    const { certificate } = bob.bundle;
    for (const bad of [
      { ...bob.bundle, spk: bytesOf(32, 0) },
      { ...bob.bundle, xpk: bytesOf(1_216, 255) },
      { ...bob.bundle, certificate: { ...certificate, dhKey: bytesOf(32, 0) } },
    ]) {
      expect(initiate(alice.self, bad, null, NOW_MS, random(1))).toEqual({
        ok: false,
        error: { type: "PrekeyInvalid" },
      });
    }
  });

  test("[HS10] believes no certificate that its own device did not sign", () => {
    const [alice, bob] = [personOf(1), personOf(2)];
    const { certificate } = alice.self;
    const unclaimed = { ...certificate, bytes: flipped(certificate.bytes, 200) };
    const self = { keys: alice.self.keys, certificate: unclaimed };
    const session = unwrap(initiate(self, bob.bundle, null, NOW_MS, random(1)));
    const sent = encryptSession(session, textOf("hello"), { random: random(2), nowMs: NOW_MS });
    const flight = unwrap(splitFirstFlight(sent.message));
    expect(accept(bob.self, bob.prekeys, null, flight, NOW_MS)).toEqual(OPEN_FAILED);
  });

  test("[HS9] any short message is answered, never thrown at", () => {
    const { message } = firstFlight();
    for (const length of [0, 1, 16, PREFIX_BYTES, PREFIX_BYTES + 16]) {
      expect(splitFirstFlight(message.subarray(0, length))).toEqual(OPEN_FAILED);
    }
    const { bob } = firstFlight();
    const cut = unwrap(splitFirstFlight(message.subarray(0, PREFIX_BYTES + 17)));
    expect(accept(bob.self, bob.prekeys, null, cut, NOW_MS)).toEqual(OPEN_FAILED);
  });
});
