import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
/** Two devices that link: who says and holds what, for the tests of crypto/link/. */
import {
  CAPABILITY_LINK,
  certificateToSign,
  signAsIssuer,
} from "../../../crypto/identity/certificate.ts";
import { type DeviceKeys, makeDevice } from "../../../crypto/identity/device.ts";
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import type { KemKeyPair } from "../../../crypto/kem.ts";
import { makeKemKeyPair } from "../../../crypto/kem.ts";
import { LINK_LIFE_S, type LinkCode, type LinkRole } from "../../../crypto/link/code.ts";
import type { GrantContent } from "../../../crypto/link/grant.ts";
import {
  commitmentOf,
  type HelloBytes,
  linkTranscriptOf,
  makeHello,
  type MemberHello,
  type NewHello,
} from "../../../crypto/link/hello.ts";
import { capsuleKeysOf } from "../../../crypto/recovery/capsule.ts";
import { bytesOf, NOW_MS, type Person, personOf, randomOf, textOf } from "../people.ts";

export const SHOWERS = ["member", "new"] as const;
export const NOW_S = NOW_MS / 1_000;

export type Newcomer = {
  readonly device: DeviceKeys;
  readonly kem: KemKeyPair;
  readonly hello: HelloBytes<NewHello>;
};

export function newcomerOf(seed: number): Newcomer {
  const random = randomOf(seed);
  const device = makeDevice(random);
  const kem = makeKemKeyPair(random);
  const { sigKey, dhKey } = device;
  const said = { role: "new", sigKey, dhKey, kemKey: kem.publicKey, name: "Firefox" } as const;
  return { device, kem, hello: makeHello<NewHello>(said, random) };
}

export function memberHelloOf(member: Person, seed: number): HelloBytes<MemberHello> {
  const { accountKeys, self } = member;
  const said = { accountKey: accountKeys.publicKey, device: self.certificate.device };
  return makeHello<MemberHello>({ role: "member", ...said, name: "Alice" }, randomOf(seed));
}

export type Meeting = {
  readonly member: Person;
  readonly newcomer: Newcomer;
  readonly memberHello: HelloBytes<MemberHello>;
  readonly code: LinkCode;
  readonly shower: HelloBytes;
  readonly scanner: HelloBytes;
  readonly transcript: Uint8Array;
};

/** All goes well, and the given side shows the code. */
export function meetingOf(role: LinkRole, seed = 1): Meeting {
  const member = personOf(seed);
  const newcomer = newcomerOf(seed + 100);
  const memberHello = memberHelloOf(member, seed + 200);
  const [shower, scanner] =
    role === "member" ? [memberHello, newcomer.hello] : [newcomer.hello, memberHello];
  const code = {
    shower: role,
    secret: bytesOf(32, seed),
    commitment: commitmentOf(shower),
    expiresAtS: NOW_S + LINK_LIFE_S,
    relayUrl: "https://relay.example",
  };
  const transcript = linkTranscriptOf(code, shower, scanner);
  return { member, newcomer, memberHello, code, shower, scanner, transcript };
}

/** What the member gives to a device with these keys. */
export function grantContentOf(
  member: Person,
  device: Pick<DeviceKeys, "sigKey" | "dhKey">,
  confirmed = false,
): GrantContent {
  const { accountKeys, self, recovery } = member;
  const toSign = certificateToSign({
    accountKey: accountKeys.publicKey,
    issuer: self.certificate.device,
    device,
    capabilities: CAPABILITY_LINK,
    createdAtMs: NOW_MS,
  });
  const card = { device: self.certificate.device, counter: 1, relays: [], receipts: true };
  return {
    toSign,
    issued: signAsIssuer(self.keys.sigSecret, toSign),
    recoverySecret: confirmed ? null : recovery,
    capsule: capsuleKeysOf(recovery),
    introduction: {
      accountKey: accountKeys.publicKey,
      name: "Alice",
      facts: [certificateFactOf(self.certificate.bytes)],
      cards: [encodeCard({ ...card, lastSeenDay: dayOf(NOW_MS) }, self.keys.sigSecret)],
    },
    state: textOf("settings and so on"),
  };
}
