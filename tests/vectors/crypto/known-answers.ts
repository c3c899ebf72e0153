/**
 * Everything that suite 1 puts on a wire or into storage, made of fixed secrets and fixed randomness.
 * The bytes were written down once (suite-1.json) and stay: a change here is another suite.
 */
import { seal } from "../../../crypto/aead.ts";
import { toHex } from "../../../crypto/base/hex.ts";
import { encodeLabelled, type Label, LABELS } from "../../../crypto/base/labels.ts";
import { liveTagOf, sealLive, slotOf } from "../../../crypto/chain/live.ts";
import { handOverOf, makeChain, sealChain } from "../../../crypto/chain/sender-chain.ts";
import { envelopeOf } from "../../../crypto/envelope.ts";
import { accept, initiate, splitFirstFlight } from "../../../crypto/handshake/handshake.ts";
import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
import {
  accountChannelOf,
  dmChannelOf,
  selfChannelOf,
} from "../../../crypto/identity/channel-id.ts";
import {
  acctStateOf,
  certificateFactOf,
  factIdOf,
  revocationFactOf,
} from "../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../crypto/identity/revocation.ts";
import { inviteLinkOf } from "../../../crypto/invite/link.ts";
import { invitePskOf, inviteTagOf, sealInviteRecord } from "../../../crypto/invite/record.ts";
import { kdf } from "../../../crypto/kdf.ts";
import { pad } from "../../../crypto/padding.ts";
import { presenceKeyOf, presenceTopicOf, sealPresence } from "../../../crypto/presence.ts";
import { hash32, hashN } from "../../../crypto/public/hash.ts";
import {
  envelopeIdOf,
  mailboxIdOf,
  powOf,
  relayAuthParts,
  relayHttpParts,
  tokenHashOf,
} from "../../../crypto/public/relay-ids.ts";
import { decryptSession } from "../../../crypto/ratchet/receive.ts";
import { encryptSession } from "../../../crypto/ratchet/send.ts";
import { tagsOf } from "../../../crypto/ratchet/session.ts";
import { signLabelled } from "../../../crypto/sign.ts";
import { sodiumAead, subKeysOf } from "../../../crypto/vault/sub-keys.ts";
import { nonceSourceOf, sealRecord } from "../../../crypto/vault/vault.ts";
import { bytesOf, NOW_MS, personOf, randomOf, textOf, unwrap } from "../../crypto/people.ts";
import { blobs, linking, recovery, verification } from "./account-answers.ts";

export type Answers = Readonly<Record<string, string>>;

const key = bytesOf(32, 1);
const part = textOf("part");
const alice = (): ReturnType<typeof personOf> => personOf(1);
const bob = (): ReturnType<typeof personOf> => personOf(2);

/** One hash under each label, so that no row of the table can change unseen. */
function labels(): Answers {
  const names = Object.keys(LABELS) as Label[];
  return Object.fromEntries(names.map((label) => [label, toHex(hash32(label, part))]));
}

function primitives(): Answers {
  return {
    encoded: toHex(encodeLabelled("dev", part, new Uint8Array(0))),
    hash16: toHex(hashN(16, "dev", part)),
    kdf64: toHex(kdf(64, key, "step", part)),
    signature: toHex(signLabelled(bytesOf(32, 2), "card", part)),
    padded: toHex(pad(part)),
    sealed: toHex(seal(key, textOf("context"), part, randomOf(1))),
    mailbox: toHex(mailboxIdOf(bytesOf(32, 3), bytesOf(32, 4))),
    envelope: toHex(envelopeIdOf(part)),
    token: toHex(tokenHashOf(bytesOf(16, 5))),
    auth: toHex(
      hash32("relay/auth", ...relayAuthParts(bytesOf(32, 4), bytesOf(32, 6), bytesOf(16, 7))),
    ),
    http: toHex(
      hash32(
        "relay/http",
        ...relayHttpParts({
          relayId: bytesOf(32, 4),
          method: "PUT",
          path: "/v1/mailboxes",
          dateMs: NOW_MS,
          body: part,
        }),
      ),
    ),
    pow: String(powOf(bytesOf(16, 8), bytesOf(8, 9))),
  };
}

function identity(): Answers {
  const { self, account, accountKeys, bundle } = alice();
  const { certificate, keys } = self;
  const card = {
    device: certificate.device,
    counter: 5,
    relays: [
      {
        url: "https://relay.example",
        relayId: bytesOf(32, 1),
        mailbox: bytesOf(16, 2),
        token: bytesOf(16, 3),
      },
    ],
    lastSeenDay: dayOf(NOW_MS),
    receipts: true,
  };
  const fact = certificateFactOf(certificate.bytes);
  const revocation = {
    accountKey: accountKeys.publicKey,
    device: bytesOf(16, 9),
    issuer: certificate.device,
    atMs: NOW_MS,
    staying: [factIdOf(fact)],
  };
  const revoked = revocationFactOf(encodeRevocation(revocation, keys.sigSecret));
  return {
    account: toHex(account),
    device: toHex(certificate.device),
    certificate: toHex(certificate.bytes),
    factId: toHex(factIdOf(fact)),
    revocationFact: toHex(revoked),
    acctState: toHex(acctStateOf([fact, revoked])),
    card: toHex(encodeCard(card, keys.sigSecret)),
    prekeyId: toHex(bundle.id),
    prekeyBundle: toHex(bundle.bytes),
    dm: toHex(dmChannelOf(account, bob().account)),
    self: toHex(selfChannelOf(account)),
    accountChannel: toHex(accountChannelOf(account)),
  };
}

function session(): Answers {
  const options = { random: randomOf(3), nowMs: NOW_MS };
  const begun = unwrap(initiate(alice().self, bob().bundle, bytesOf(32, 7), NOW_MS, randomOf(4)));
  const first = encryptSession(begun, textOf("first"), options);
  const flight = unwrap(splitFirstFlight(first.message));
  const accepted = unwrap(accept(bob().self, bob().prekeys, bytesOf(32, 7), flight, NOW_MS));
  const answer = encryptSession(accepted.session, textOf("answer"), options);
  const heard = unwrap(decryptSession(first.session, answer.message)).session;
  const reply = encryptSession(heard, textOf("reply"), options);
  const last = unwrap(decryptSession(answer.session, reply.message)).session;
  return {
    transcript: toHex(begun.th),
    mark: toHex(flight.mark),
    firstFlight: toHex(envelopeOf(first.message)),
    answer: toHex(envelopeOf(answer.message)),
    reply: toHex(envelopeOf(reply.message)),
    rootKey: toHex(last.rootKey),
    tags: tagsOf(last).map(toHex).join(" "),
  };
}

function channel(): Answers {
  const made = makeChain(bytesOf(16, 1), bytesOf(16, 2), randomOf(5));
  const first = sealChain(made, textOf("first"), randomOf(6));
  const second = sealChain(first.chain, textOf("second"), randomOf(7));
  return {
    handOver: toHex(handOverOf(made)),
    tag: toHex(made.tag),
    first: toHex(envelopeOf(first.message)),
    second: toHex(envelopeOf(second.message)),
    liveTag: toHex(liveTagOf(made)),
    slot: toHex(slotOf(made.liveKey)),
    live: toHex(envelopeOf(sealLive(made, textOf("typing"), randomOf(8)))),
  };
}

function invite(): Answers {
  const { account, accountKeys, self } = alice();
  const secret = bytesOf(32, 11);
  const link = {
    leadsTo: "person" as const, account, secret, expiresAtS: 1_800_000_000, relayUrl: "https://relay.example" };
  const card = {
    device: self.certificate.device,
    counter: 1,
    relays: [],
    lastSeenDay: 20_000,
    receipts: false,
  };
  const introduction = {
    accountKey: accountKeys.publicKey,
    name: "Alice 🌻",
    facts: [certificateFactOf(self.certificate.bytes)],
    cards: [encodeCard(card, self.keys.sigSecret)],
  };
  const content = { expiresAtS: 1_800_000_000, voucher: bytesOf(16, 12), introduction };
  return {
    link: inviteLinkOf("https://kith.example/", link),
    tag: toHex(inviteTagOf(secret)),
    psk: toHex(invitePskOf(secret, account)),
    record: toHex(unwrap(sealInviteRecord(secret, content, randomOf(9)))),
  };
}

function device(): Answers {
  const keys = subKeysOf(bytesOf(32, 13));
  const place = { table: "entries", key: textOf("1/2/3") };
  const nonces = nonceSourceOf(randomOf(10));
  return {
    ...Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, toHex(value)])),
    record: toHex(sealRecord(sodiumAead, keys.entries, place, textOf("a row"), nonces)),
    presenceKey: toHex(presenceKeyOf(key, bytesOf(16, 15))),
    topic: toHex(presenceTopicOf(key, bytesOf(16, 14), 2_910)),
    presence: toHex(sealPresence(key, bytesOf(16, 14), 2_910, textOf("online"), randomOf(11))),
  };
}

export const knownAnswers = (): Readonly<Record<string, Answers>> => ({
  labels: labels(),
  primitives: primitives(),
  identity: identity(),
  session: session(),
  channel: channel(),
  invite: invite(),
  device: device(),
  recovery: recovery(),
  blobs: blobs(),
  verification: verification(),
  linking: linking(),
});
