/**
 * Two devices learn each other's keys: one shows a code, the other uses it, each leaves its hello at
 * the relay. What comes out is what the person compares, and what the grant is bound to.
 * crypto/link/hello.ts; docs/protocol/linking.md, rules [LK5] to [LK9].
 */
import { assert } from "../../crypto/base/assert.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type DeviceKeys, makeDevice } from "../../crypto/identity/device.ts";
import { makeKemKeyPair } from "../../crypto/kem.ts";
import {
  isLinkExpired,
  LINK_LIFE_S,
  LINK_SECRET_BYTES,
  type LinkCode,
  type LinkRole,
  linkTagsOf,
  linkVoucherOf,
  parseLink,
} from "../../crypto/link/code.ts";
import {
  commitmentOf,
  type HelloBytes,
  linkTranscriptOf,
  type LinkSide,
  makeHello,
  type MemberHello,
  type NewHello,
  openHello,
  sealHello,
} from "../../crypto/link/hello.ts";
import { keepVoucher } from "../account/admission.ts";
import type { Self } from "../account/self.ts";
import type { UpkeepDeps } from "../account/upkeep.ts";
import { bytesOf } from "../channel/channels.ts";
import type { LinkError } from "./progress.ts";
import type { Rendezvous } from "./rendezvous.ts";

/** A device that joins: its keys, and the secret half of the one that its grant is sealed to. */
export type Newcomer = { readonly device: DeviceKeys; readonly kemSecret: Uint8Array };

/** Which of the two we are, what we say of ourselves, and what only we have. */
export type Party =
  | { readonly role: "member"; readonly self: Self; readonly hello: HelloBytes<MemberHello> }
  | { readonly role: "new"; readonly keys: Newcomer; readonly hello: HelloBytes<NewHello> };

/** Each knows the other's hello. */
export type Meeting = { readonly code: LinkCode; readonly transcript: Uint8Array } & (
  | (Extract<Party, { readonly role: "member" }> & { readonly other: HelloBytes<NewHello> })
  | (Extract<Party, { readonly role: "new" }> & { readonly other: HelloBytes<MemberHello> })
);

/** A hello is made for one code and shown to nobody else. `name`: what a new device calls itself. */
export function linkPartyOf(self: Self | undefined, name: string, { random }: UpkeepDeps): Party {
  if (self !== undefined) {
    const { accountKey } = self;
    const said = { accountKey, device: bytesOf(self.device), name: self.name };
    return { role: "member", self, hello: makeHello({ role: "member", ...said }, random) };
  }
  const device = makeDevice(random);
  const kem = makeKemKeyPair(random);
  const { sigKey, dhKey } = device;
  const said = { sigKey, dhKey, kemKey: kem.publicKey, name };
  const hello = makeHello<NewHello>({ role: "new", ...said }, random);
  return { role: "new", keys: { device, kemSecret: kem.secretKey }, hello };
}

/** The code that we show: from here on our hello is fixed. */
export const codeToShow = (party: Party, { timers, random, homeUrl }: UpkeepDeps): LinkCode => ({
  shower: party.role,
  secret: random(LINK_SECRET_BYTES),
  commitment: commitmentOf(party.hello),
  expiresAtS: Math.floor(timers.now() / 1_000) + LINK_LIFE_S,
  relayUrl: homeUrl,
});

/** The code that the other device shows, if a device that is `role` here can use it. */
export function codeToUse(
  link: string,
  role: LinkRole,
  { timers, homeUrl }: UpkeepDeps,
): Result<LinkCode, LinkError> {
  const parsed = parseLink(link);
  if (!parsed.ok) {
    const isNewer = parsed.error.type === "LinkCodeVersionUnknown";
    return err({ type: isNewer ? "LinkVersionUnknown" : "DeviceLinkMalformed" });
  }
  const code = parsed.value;
  if (code.shower === role) return err({ type: "LinkSameRole", role });
  if (isLinkExpired(code, Math.floor(timers.now() / 1_000))) {
    return err({ type: "DeviceLinkExpired" });
  }
  // The account's relay is the member's home: the one who shows it, or ours.
  const relayUrl = role === "new" ? code.relayUrl : homeUrl;
  return code.relayUrl === homeUrl ? ok(code) : err({ type: "LinkOtherRelay", relayUrl });
}

/** What must be at the relay before the code is of any use: a member lets the new device register. */
export async function prepare(
  party: Party,
  code: LinkCode,
  rendezvous: Rendezvous,
): Promise<Result<void, LinkError>> {
  if (party.role === "new") return ok(undefined);
  const { voucher } = linkTagsOf(code);
  return rendezvous.leave(voucher, Uint8Array.of(0), { voucher: linkVoucherOf(code) });
}

/** We showed the code: the first hello that comes is taken, and no second. */
export async function meetAsShower(
  deps: UpkeepDeps,
  party: Party,
  code: LinkCode,
  rendezvous: Rendezvous,
): Promise<Result<Meeting, LinkError>> {
  const tags = linkTagsOf(code);
  const found = await rendezvous.await(tags.scanner);
  if (!found.ok) return found;
  const met = meetingOf(deps, party, code, "shower", found.value);
  if (!met.ok) return met;
  const left = await introduce(deps, party, code, "shower", rendezvous);
  return left.ok ? met : left;
}

/** We use the code: our hello comes first, and the other's must be the one that the code promises. */
export async function meetAsScanner(
  deps: UpkeepDeps,
  party: Party,
  code: LinkCode,
  rendezvous: Rendezvous,
): Promise<Result<Meeting, LinkError>> {
  const left = await introduce(deps, party, code, "scanner", rendezvous);
  if (!left.ok) return left;
  const found = await rendezvous.await(linkTagsOf(code).shower);
  return found.ok ? meetingOf(deps, party, code, "scanner", found.value) : found;
}

/** Leaves our hello, and with a member's what admits the new device to the relay. */
async function introduce(
  { store, lane, random, homeUrl }: UpkeepDeps,
  { role, hello }: Party,
  code: LinkCode,
  side: LinkSide,
  rendezvous: Rendezvous,
): Promise<Result<void, LinkError>> {
  const voucher = linkVoucherOf(code);
  const isNew = role === "new";
  if (isNew) {
    await lane.run(() =>
      store.write(["meta", "mailboxes"], (tx) => keepVoucher(tx, homeUrl, voucher)),
    );
  }
  const sealed = sealHello(code, side, hello, random);
  const brings = !isNew && side === "scanner" ? { voucher } : {};
  return rendezvous.leave(linkTagsOf(code)[side], sealed, { ...brings, stays: "untilSeen" });
}

/** `side`: ours. */
function meetingOf(
  { timers }: UpkeepDeps,
  party: Party,
  code: LinkCode,
  side: LinkSide,
  sealed: Uint8Array,
): Result<Meeting, LinkError> {
  const theirs = side === "shower" ? "scanner" : "shower";
  const opened = openHello(code, theirs, sealed, Math.floor(timers.now() / 1_000));
  if (!opened.ok) {
    const isLate = opened.error.type === "LinkExpired";
    return err({ type: isLate ? "DeviceLinkExpired" : "LinkForged" });
  }
  const other = opened.value;
  const [shower, scanner] = side === "shower" ? [party.hello, other] : [other, party.hello];
  const transcript = linkTranscriptOf(code, shower, scanner);
  if (party.role === "member" && other.role === "new")
    return ok({ ...party, code, transcript, other });
  assert(party.role === "new" && other.role === "member", "a hello of our own role does not open");
  return ok({ ...party, code, transcript, other });
}

/** Where our hello lies, and the other device's as long as it takes part. */
export function helloTagsOf({ code, role }: Meeting): {
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
} {
  const { shower, scanner } = linkTagsOf(code);
  return code.shower === role
    ? { ours: shower, theirs: scanner }
    : { ours: scanner, theirs: shower };
}
