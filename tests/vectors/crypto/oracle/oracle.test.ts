/** crypto/ against the oracle: what one writes the other reads, and equal inputs give equal bytes. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { open, seal } from "../../../../crypto/aead.ts";
import { ready } from "../../../../crypto/base/sodium.ts";
import { liveTagOf, openLive, sealLive, slotOf } from "../../../../crypto/chain/live.ts";
import {
  handOverOf,
  makeChain,
  openChain,
  peerChainFrom,
  sealChain,
} from "../../../../crypto/chain/sender-chain.ts";
import { accept, initiate, splitFirstFlight } from "../../../../crypto/handshake/handshake.ts";
import { decodePrekeyBundle, verifyPrekeyBundle } from "../../../../crypto/handshake/prekeys.ts";
import { dayOf, decodeCard, encodeCard } from "../../../../crypto/identity/card.ts";
import {
  acctStateOf,
  certificateFactOf,
  factIdOf,
  liveDevicesOf,
} from "../../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../../crypto/identity/revocation.ts";
import {
  invitePskOf,
  inviteTagOf,
  openInviteRecord,
  sealInviteRecord,
} from "../../../../crypto/invite/record.ts";
import { openPresence, presenceKeyOf, presenceTopicOf, sealPresence } from "../../../../crypto/presence.ts";
import { decryptSession } from "../../../../crypto/ratchet/receive.ts";
import { encryptSession } from "../../../../crypto/ratchet/send.ts";
import type { Session } from "../../../../crypto/ratchet/session.ts";
import { sodiumAead, subKeysOf } from "../../../../crypto/vault/sub-keys.ts";
import { sealRecord } from "../../../../crypto/vault/vault.ts";
import { bytesOf, NOW_MS, personOf, randomOf, textOf, unwrap } from "../../../crypto/people.ts";
import * as chains from "./chain.ts";
import * as identity from "./identity.ts";
import * as noble from "./primitives.ts";
import { OracleSession } from "./session.ts";

beforeAll(() => ready);

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const bytes24 = fc.uint8Array({ minLength: 24, maxLength: 24 });
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc.nat(20_000).map((length) => bytesOf(length, 0x80)),
);

/** The oracle's view of `personOf(seed)`: the same secrets, drawn in the same order. */
function oraclePerson(seed: number) {
  const random = randomOf(seed);
  const [recovery, sigSeed, dhSecret] = [random(32), random(32), random(32)];
  const device = identity.device(recovery, sigSeed, dhSecret, NOW_MS);
  const [spkSecret, xpkSeed] = [random(32), random(32)];
  return { device, spkSecret, xpkSeed };
}

describe("oracle", () => {
  test("[OC1] sealing: equal bytes from equal nonces, and each opens the other's", () => {
    fc.assert(
      fc.property(bytes32, payload, payload, bytes24, (key, context, message, nonce) => {
        const ours = seal(key, context, message, () => nonce);
        expect(Buffer.compare(ours, noble.seal(key, context, message, nonce))).toBe(0);
        expect(Buffer.compare(noble.open(key, context, ours), message)).toBe(0);
        expect(Buffer.compare(unwrap(open(key, context, ours)), message)).toBe(0);
      }),
    );
  });

  test("[OC2] identity: keys, certificates, cards, bundles and facts byte for byte", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.maxSafeNat(), bytes16, (seed, counter, token) => {
        const ours = personOf(seed);
        const theirs = oraclePerson(seed);
        const { certificate, keys } = ours.self;
        expect(certificate.bytes).toEqual(theirs.device.certificate);
        expect([ours.account, certificate.device]).toEqual([
          theirs.device.account,
          theirs.device.id,
        ]);
        const { spkSecret, xpkSeed } = theirs;
        const bundle = identity.bundle(theirs.device, 7, NOW_MS, spkSecret, xpkSeed);
        expect([ours.bundle.bytes, ours.bundle.id]).toEqual([bundle.bytes, bundle.id]);
        expect(verifyPrekeyBundle(unwrap(decodePrekeyBundle(bundle.bytes)), certificate)).toBe(
          true,
        );

        const relays = [
          { url: "https://relay.example", relayId: bytesOf(32, 1), mailbox: bytesOf(16, 2), token },
        ];
        const content = { device: certificate.device, counter, relays };
        const card = { ...content, lastSeenDay: dayOf(NOW_MS), receipts: true };
        const oracleCard = identity.card(theirs.device, counter, dayOf(NOW_MS), relays);
        expect(encodeCard(card, keys.sigSecret)).toEqual(oracleCard);
        expect(unwrap(decodeCard(oracleCard))).toMatchObject(card);
      }),
      { numRuns: 10 },
    );
  });

  test("[OC3] facts: revocations and the account's state byte for byte", () => {
    const ours = personOf(5);
    const theirs = oraclePerson(5).device;
    const facts = [5, 6, 7].map((seed) => certificateFactOf(personOf(seed).self.certificate.bytes));
    expect(acctStateOf(facts)).toEqual(identity.acctState(facts.toReversed()));
    expect(liveDevicesOf(theirs.accountKey, facts).map((it) => it.device)).toEqual([theirs.id]);
    const staying = [factIdOf(facts[1]!)];
    const said = {
      accountKey: theirs.accountKey,
      device: bytesOf(16, 4),
      issuer: theirs.id,
      atMs: NOW_MS,
      staying,
    };
    expect(encodeRevocation(said, ours.self.keys.sigSecret)).toEqual(
      identity.revocation(theirs, bytesOf(16, 4), NOW_MS, [noble.H(32, "fact", facts[1]!)]),
    );
  });

  /** One of each side, ours and the oracle's, after the first flight in the given direction. */
  function begun(seed: number, weStart: boolean, psk: Uint8Array | null) {
    const oracle = new OracleSession(randomOf(seed + 1));
    const random = randomOf(seed);
    const options = { random, nowMs: NOW_MS };
    const [us, them] = [personOf(11), oraclePerson(12)];
    const { device, spkSecret, xpkSeed } = them;
    let ours: Session;
    let got: Uint8Array;
    if (weStart) {
      const bundle = unwrap(decodePrekeyBundle(personOf(12).bundle.bytes));
      const session = unwrap(initiate(us.self, bundle, psk, NOW_MS, random));
      const first = encryptSession(session, textOf("first"), options);
      got = oracle.accept(device, spkSecret, xpkSeed, psk, first.message);
      ours = first.session;
    } else {
      oracle.initiate(device, us.bundle.bytes, psk);
      const flight = unwrap(splitFirstFlight(oracle.send(textOf("first"), false)));
      const accepted = unwrap(accept(us.self, us.prekeys, psk, flight, NOW_MS));
      got = accepted.payload;
      ours = accepted.session;
    }
    expect(got).toEqual(textOf("first"));
    expect(ours.th).toEqual(oracle.th);
    return { oracle, ours, options };
  }

  test("[OC4] sessions: either side begins, and both talk through steps, losses and delays", () => {
    const move = fc.record({
      who: fc.constantFrom("ours", "theirs"),
      what: fc.constantFrom("send", "step", "hear", "hear", "lose"),
      which: fc.nat(9),
    });
    const moves = fc.array(move, { maxLength: 40, size: "max" });
    const keys = fc.option(bytes32);
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.boolean(), keys, moves, (seed, weStart, psk, script) => {
        const { oracle, options, ...rest } = begun(seed, weStart, psk);
        let { ours } = rest;
        const toOracle: { said: Uint8Array; message: Uint8Array }[] = [];
        const toUs: { said: Uint8Array; message: Uint8Array }[] = [];
        const hear = (which: number): void => {
          const [next] = toUs.splice(which % Math.max(1, toUs.length), 1);
          if (next === undefined) return;
          const prefixed = next.message.length > 2_678 && isFirstFlight(next.message);
          const message = prefixed ? next.message.subarray(2_678) : next.message;
          const got = unwrap(decryptSession(ours, message));
          expect(got.payload).toEqual(next.said);
          ours = got.session;
        };
        const oracleHears = (which: number): void => {
          const [next] = toOracle.splice(which % Math.max(1, toOracle.length), 1);
          if (next === undefined) return;
          const prefixed = next.message.length > 2_678 && isFirstFlight(next.message);
          expect(oracle.receive(prefixed ? next.message.slice(2_678) : next.message)).toEqual(
            next.said,
          );
        };
        for (const [i, { who, what, which }] of script.entries()) {
          const said = textOf(`${who} ${i}`);
          const forceStep = what === "step";
          if (what === "lose") (who === "ours" ? toUs : toOracle).splice(which, 1);
          else if (what === "hear") (who === "ours" ? hear : oracleHears)(which);
          else if (who === "ours") {
            const sent = encryptSession(ours, said, { ...options, forceStep });
            ours = sent.session;
            toOracle.push({ said, message: sent.message });
          } else toUs.push({ said, message: oracle.send(said, forceStep) });
        }
        while (toUs.length > 0) hear(0);
        while (toOracle.length > 0) oracleHears(0);
      }),
      { numRuns: 25 },
    );
  });

  test("[OC5] sender chains and live frames: equal bytes, and each opens the other's", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), payload, bytes24, fc.nat(8), (seed, body, nonce, skip) => {
        const author = bytesOf(16, 3);
        let chain = makeChain(bytesOf(16, 4), author, randomOf(seed));
        const handOver = handOverOf(chain);
        const oracle = chains.chainOf(handOver, author);
        for (let i = 0; i < skip; i++) chain = sealChain(chain, body, () => nonce).chain;
        const ours = sealChain(chain, body, () => nonce).message;
        expect(Buffer.compare(ours, chains.sealAt(oracle, skip, body, nonce))).toBe(0);
        expect(chains.openAny(oracle, ours).n).toBe(skip);
        const peer = unwrap(peerChainFrom(handOver, author));
        expect(Buffer.compare(unwrap(openChain(peer, ours)).payload, body)).toBe(0);

        const live = chains.live(oracle);
        const frame = noble.cat(live.tag, noble.seal(live.key, live.context, body, nonce));
        expect(
          Buffer.compare(
            sealLive(chain, body, () => nonce),
            frame,
          ),
        ).toBe(0);
        expect(Buffer.compare(unwrap(openLive(peer, frame)), body)).toBe(0);
        expect([liveTagOf(peer), slotOf(peer.liveKey)]).toEqual([live.tag, live.slot]);
      }),
      { numRuns: 50 },
    );
  });

  test("[OC6] invites: address, key, record byte for byte, and each opens the other's", () => {
    fc.assert(
      fc.property(bytes32, bytes16, bytes24, (secret, voucher, nonce) => {
        const [alice, theirs] = [personOf(21), oraclePerson(21).device];
        const oracle = chains.invite(secret, alice.account);
        expect([inviteTagOf(secret), invitePskOf(secret, alice.account)]).toEqual([
          oracle.tag,
          oracle.psk,
        ]);
        const card = identity.card(theirs, 1, 20_000, []);
        const plain = identity.recordPlain(theirs, "Ällis", [card], voucher, 1_900_000_000);
        const sealed = noble.seal(oracle.key, oracle.tag, plain, nonce);
        const content = {
          expiresAtS: 1_900_000_000,
          voucher,
          introduction: {
            accountKey: theirs.accountKey,
            name: "Ällis",
            facts: [certificateFactOf(alice.self.certificate.bytes)],
            cards: [card],
          },
        };
        expect(unwrap(sealInviteRecord(secret, content, () => nonce))).toEqual(sealed);
        expect(unwrap(openInviteRecord(secret, alice.account, sealed))).toMatchObject(content);
      }),
      { numRuns: 20 },
    );
  });

  test("[OC7] presence and vault: topics, payloads, sub-keys and records byte for byte", () => {
    fc.assert(
      fc.property(bytes32, bytes16, fc.nat(0xffff_ffff), bytes24, (key, device, week, nonce) => {
        expect(presenceKeyOf(key, device)).toEqual(chains.presenceKey(key, device));
        const oracle = chains.presence(key, device, week);
        expect(presenceTopicOf(key, device, week)).toEqual(oracle.topic);
        const sealed = noble.seal(oracle.key, oracle.topic, device, nonce);
        expect(sealPresence(key, device, week, device, () => nonce)).toEqual(sealed);
        expect(unwrap(openPresence(key, device, week, sealed))).toEqual(device);

        const keys = Object.values(subKeysOf(key));
        expect(keys).toEqual([1, 2, 3, 4, 5].map((id) => chains.subKey(key, id)));
        const place = { table: "entries", key: device };
        expect(sealRecord(sodiumAead, keys[0]!, place, device, () => nonce)).toEqual(
          chains.record(keys[0]!, "entries", device, device, nonce),
        );
      }),
      { numRuns: 50 },
    );
  });
});

/** A prefix begins with one of the two persons' prekey ids. */
const isFirstFlight = (message: Uint8Array): boolean =>
  [11, 12].some((seed) => Buffer.compare(personOf(seed).bundle.id, message.subarray(0, 16)) === 0);
