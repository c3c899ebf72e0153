import { systemRandom as random } from "../../app/engine/system.ts";
/**
 * What encryption costs, in Node: the same code and the same WebAssembly as in the engine. Budgets
 * are those of the design (docs/protocol/crypto.md, "Costs"); beside them what libsodium alone takes.
 */
import { assert } from "../../crypto/base/assert.ts";
import { utf8 } from "../../crypto/base/bytes.ts";
import type { Result } from "../../crypto/base/result.ts";
import { ready, sodium } from "../../crypto/base/sodium.ts";
import {
  handOverOf,
  makeChain,
  openChain,
  peerChainFrom,
  sealChain,
} from "../../crypto/chain/sender-chain.ts";
import { envelopeOf, splitEnvelope } from "../../crypto/envelope.ts";
import {
  accept,
  initiate,
  splitFirstFlight,
  type Self as Party,
} from "../../crypto/handshake/handshake.ts";
import {
  decodePrekeyBundle,
  makePrekeys,
  type PrekeyBundle,
  type PrekeySecrets,
  verifyPrekeyBundle,
} from "../../crypto/handshake/prekeys.ts";
import { encryptSession } from "../../crypto/ratchet/send.ts";
import type { Session } from "../../crypto/ratchet/session.ts";
import { makeSelf, partyOf } from "../../sync/account/self.ts";
import { encodeMessage } from "../../sync/entry/bodies.ts";
import { decodeEntry, INCARNATION_BYTES, SALT_BYTES, signEntry } from "../../sync/entry/entry.ts";
import { verifyEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { decodePayload, encodePayload, encodeSession } from "../../sync/payload/payload.ts";
import { type Figure, figure } from "./figure.ts";
import { microsecondsEach } from "./stopwatch.ts";

/** About what people write; a message of the design's figures. */
const TEXT = "We meet at seven at the station, platform four. ".repeat(4).slice(0, 180);
/** An introduction with facts and card, as first flights carry it. */
const INTRODUCTION_BYTES = 1_000;
const DEVICES = 100;
const MESSAGES = 50;
const NOW_MS = 1_760_000_000_000;

const SEAL_MAX_US = 100;
const OPEN_MAX_US = 100;
const FIRST_CONTACT_MAX_US = 1_000;
/** 60 ms for 500 devices, and 0.3 s when a KEM step is due on each. */
const HAND_OVER_MAX_US = 12_000;
const HAND_OVER_STEP_MAX_US = 60_000;

export async function figures(): Promise<readonly Figure[]> {
  await ready;
  return [...messageFigures(), ...contactFigures(), ...signatureFigures()];
}

type Device = {
  readonly party: Party;
  readonly prekeys: PrekeySecrets;
  readonly bundle: Uint8Array;
};

function deviceOf(name: string): Device {
  const party = partyOf(makeSelf(name, NOW_MS, random));
  const { secrets, bundle } = makePrekeys(party, 1, NOW_MS, random);
  return { party, prekeys: secrets, bundle };
}

/** From text to envelope and back: entry, signature, chain, payload. */
function messageFigures(): readonly Figure[] {
  const alice = deviceOf("alice").party;
  const [channel, log] = [random(16), random(16)];
  const body = encodeMessage({ text: TEXT });
  const first = makeChain(channel, alice.certificate.device, random);
  let sending = first;
  let receiving = unwrap(peerChainFrom(handOverOf(first), alice.certificate.device));
  const envelopes: Uint8Array[] = [];

  const sealed = microsecondsEach(MESSAGES, (at) => {
    const { bytes } = signEntry(
      {
        channel,
        log,
        seq: at + 2,
        prev: new Uint8Array(32),
        hlc: at + 2,
        kind: KINDS.message.number,
        deps: [{ tag: log.subarray(0, 4), seq: 1, hash8: channel.subarray(0, 8) }],
        auth: [],
        floor: 1,
        expire: null,
      },
      body,
      random(SALT_BYTES),
      alice.keys.sigSecret,
    );
    const { chain, message } = sealChain(sending, encodePayload("entry", bytes), random);
    sending = chain;
    envelopes.push(envelopeOf(message));
  });
  const opened = microsecondsEach(MESSAGES, (at) => {
    const { message } = unwrap(splitEnvelope(envelopes[at] ?? new Uint8Array(0)));
    const { chain, payload } = unwrap(openChain(receiving, message));
    receiving = chain;
    const inside = unwrap(decodePayload("chain", payload));
    assert(inside.type === "entry", "what was sealed");
    const entry = unwrap(decodeEntry(inside.body));
    assert(verifyEntry(entry, alice.keys.sigKey).ok, "what was signed");
  });
  return [
    figure("crypto: sign and seal a message of 180 B", sealed, "µs", SEAL_MAX_US),
    figure("crypto: open and verify it", opened, "µs", OPEN_MAX_US),
    figure("crypto: its envelope", envelopes[0]?.length ?? Number.NaN, "B"),
  ];
}

/** Between two devices that never met, and a chain for many that did. */
function contactFigures(): readonly Figure[] {
  const [alice, bob] = [deviceOf("alice"), deviceOf("bob")];
  const introduction = random(INTRODUCTION_BYTES);
  const options = { random, nowMs: NOW_MS };
  const flights: Uint8Array[] = [];
  const begun = microsecondsEach(2, () => {
    const session = unwrap(initiate(alice.party, bundleOf(bob), null, NOW_MS, random));
    flights.push(encryptSession(session, introduction, options).message);
  });
  const accepted = microsecondsEach(2, (at) => {
    const flight = unwrap(splitFirstFlight(flights[at] ?? new Uint8Array(0)));
    unwrap(accept(bob.party, bob.prekeys, null, flight, NOW_MS));
  });

  const payload = chainPayload(alice.party.certificate.device);
  const answering = Array.from({ length: DEVICES }, () => answeringSession(alice, bob));
  // Its first answer takes a KEM step; the messages after it take none.
  const answered = answering.map((session) => encryptSession(session, payload, options).session);
  const handOver = (sessions: readonly Session[]): number =>
    microsecondsEach(1, () => {
      for (const session of sessions) encryptSession(session, payload, options);
    });
  return [
    figure("crypto: first contact, whoever writes", begun, "µs", FIRST_CONTACT_MAX_US),
    figure("crypto: first contact, whoever is written to", accepted, "µs", FIRST_CONTACT_MAX_US),
    figure("crypto: a chain for 100 devices", handOver(answered), "µs", HAND_OVER_MAX_US),
    figure(
      "crypto: a chain for 100 devices, a KEM step each",
      handOver(answering),
      "µs",
      HAND_OVER_STEP_MAX_US,
    ),
  ];
}

/** As fetched: checked against the certificate before it is used. */
function bundleOf(device: Device): PrekeyBundle {
  const bundle = unwrap(decodePrekeyBundle(device.bundle));
  assert(verifyPrekeyBundle(bundle, device.party.certificate), "a bundle of this device");
  return bundle;
}

/** Bob's end of a session in which it is his turn. */
function answeringSession(alice: Device, bob: Device): Session {
  const begun = unwrap(initiate(alice.party, bundleOf(bob), null, NOW_MS, random));
  const { message } = encryptSession(begun, utf8("hello"), { random, nowMs: NOW_MS });
  const flight = unwrap(splitFirstFlight(message));
  return unwrap(accept(bob.party, bob.prekeys, null, flight, NOW_MS)).session;
}

function chainPayload(author: Uint8Array): Uint8Array {
  const channel = random(16);
  return encodeSession([
    encodePayload("chain", {
      channel,
      chain: handOverOf(makeChain(channel, author, random)),
      incarnation: random(INCARNATION_BYTES),
      card: random(200),
      acctState: random(32),
    }),
  ]);
}

/** What no code around it can go below: one signature and one check. */
function signatureFigures(): readonly Figure[] {
  const { publicKey, privateKey } = sodium.crypto_sign_keypair();
  const core = random(250);
  const signature = sodium.crypto_sign_detached(core, privateKey);
  const signed = microsecondsEach(MESSAGES, () => {
    sodium.crypto_sign_detached(core, privateKey);
  });
  const verified = microsecondsEach(MESSAGES, () => {
    sodium.crypto_sign_verify_detached(signature, core, publicKey);
  });
  return [
    figure("reference: libsodium, sign 250 B", signed, "µs"),
    figure("reference: libsodium, verify 250 B", verified, "µs"),
  ];
}

function unwrap<T, E>(result: Result<T, E>): T {
  assert(result.ok, "a step of the measured work went wrong");
  return result.value;
}
