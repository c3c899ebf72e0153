/**
 * Using somebody's invite: read what lies behind the link, register where we can be answered, and
 * write the first flight. Works while the inviter is offline. docs/protocol/sync.md,
 * rules [CO1] and [CO4].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Introduction } from "../../crypto/identity/introduction.ts";
import { type Invite, parseInviteLink } from "../../crypto/invite/link.ts";
import { invitePskOf, inviteTagOf, openInviteRecord } from "../../crypto/invite/record.ts";
import { keepVoucher } from "../account/admission.ts";
import type { Self } from "../account/self.ts";
import { beReachable, type UpkeepDeps } from "../account/upkeep.ts";
import { ensureOwnLog } from "../channel/append.ts";
import { openChannel } from "../channel/channels.ts";
import { fetchBundle } from "../outbox/bundles.ts";
import { sendControl } from "../outbox/control.ts";
import { cleanName } from "../payload/name.ts";
import { encodePayload } from "../payload/payload.ts";
import { wantOlder } from "../recovery/older-chats.ts";
import type { InviteError } from "../refusals.ts";
import { isProblem, openRelayHttp, type RelayError } from "../session/relay-http.ts";
import type { ContactRow, TokenRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { ID_BYTES, idOf } from "../wire/ids.ts";
import {
  contactToken,
  isGoodFor,
  introductionOf,
  ownCard,
  PRESENCE_KEY_BYTES,
  reachableDevices,
  type TokenContext,
  tokenFor,
} from "./contacts.ts";
import { putCard, takeFacts } from "./devices.ts";

/**
 * The channel's number. `self`: whoever accepts. Nothing of the inviter is written before all of it can
 * be: a chat without a first flight would never reach them. Rule [CO4].
 */
export async function acceptInvite(
  deps: UpkeepDeps,
  self: Self,
  invite: Invite,
): Promise<Result<{ readonly c: number }, InviteError>> {
  const fetched = await fetchRecord(deps, invite.relayUrl, invite.secret);
  if (!fetched.ok) return fetched;
  const opened = openInviteRecord(invite.secret, invite.account, fetched.value);
  if (!opened.ok) return err({ type: "InviteForged" });
  const record = opened.value;
  const { introduction } = record;
  const isClaimed = await deps.store.read(["devices"], (tx) => claimsOthers(tx, introduction));
  if (isClaimed) return err({ type: "InviteForged" });
  const voucher = invite.relayUrl === deps.homeUrl ? record.voucher : NO_VOUCHER;
  const token = await deps.lane.run(() =>
    deps.store.write(["meta", "mailboxes", "contacts", "tokens"], async (tx) => {
      if (voucher.length === ID_BYTES.Voucher) await keepVoucher(tx, deps.homeUrl, voucher);
      const { timers, random } = deps;
      return tokenToBe(tx, { nowMs: timers.now(), random }, toHex(introduction.account));
    }),
  );
  // Our relay must know the token that goes into our card before anybody is told of it.
  const told = await beReachable(deps);
  if (!told.ok) return err(inviteErrorOf(told.error));
  const bundles = await fetchBundles(deps, introduction);
  if (bundles.size === 0) return err({ type: "RelayUnreachable" });
  const psk = invitePskOf(invite.secret, introduction.account);
  const c = await deps.lane.run(() =>
    deps.store.write(FLIGHT_TABLES, async (tx) => {
      const contact = await putInviter(tx, deps, introduction, token, bundles);
      return writeFirstFlight(tx, deps, self, contact, psk);
    }),
  );
  return ok({ c });
}

/** Does it show a device as its own that we know as another account's? */
export async function claimsOthers(
  tx: ReadTx,
  { account, devices }: Introduction,
): Promise<boolean> {
  const rows = await Promise.all(
    devices.map(({ certificate }) => tx.get("devices", toHex(certificate.device))),
  );
  return rows.some((it) => it !== undefined && it.account !== toHex(account));
}

const NO_VOUCHER = new Uint8Array(0);

/** The token that they will hold for us: the same one when an acceptance is tried again. */
async function tokenToBe(tx: WriteTx, context: TokenContext, account: Hex): Promise<TokenRow> {
  const contact = await tx.get("contacts", account);
  if (contact !== undefined) return tokenFor(tx, context, contact);
  const tokens = await tx.range("tokens", "primary", {});
  const spare = tokens.find((it) => isGoodFor(it, account, context.nowMs));
  return spare ?? contactToken(tx, context, account);
}

/** What the link says, if it is anybody else's and its time is not over. */
export function readLink(
  { timers }: Pick<UpkeepDeps, "timers">,
  self: Self,
  link: string,
): Result<Invite, InviteError> {
  const parsed = parseInviteLink(link);
  if (!parsed.ok) {
    const isNewer = parsed.error.type === "LinkVersionUnknown";
    return err({ type: isNewer ? "LinkVersionUnknown" : "LinkMalformed" });
  }
  const invite = parsed.value;
  if (toHex(invite.account) === self.account) return err({ type: "LinkIsOwn" });
  const isOver = invite.expiresAtS * 1_000 <= timers.now();
  return isOver ? err({ type: "LinkExpired" }) : ok(invite);
}

/** What lies at the address that follows from the secret, sealed. */
export async function fetchRecord(
  deps: UpkeepDeps,
  url: string,
  secret: Uint8Array,
): Promise<Result<Uint8Array, InviteError>> {
  const http = openRelayHttp({ ...deps, url, owner: null });
  const fetched = await http.fetchInvite(idOf("InviteTag", inviteTagOf(secret)));
  if (fetched.ok) return ok(fetched.value.record);
  const isNothing = isProblem(fetched.error, "NotFound");
  return err(isNothing ? { type: "InviteNotFound" } : inviteErrorOf(fetched.error));
}

export const inviteErrorOf = (error: RelayError): InviteError => {
  const isNo = error.type === "Refused" && error.problem === "RegistrationClosed";
  return { type: isNo ? "RegistrationRefused" : "RelayUnreachable" };
};

/** The inviter as a contact of whom nothing was heard yet, with devices that can be written to. */
async function putInviter(
  tx: WriteTx,
  { random, timers }: UpkeepDeps,
  introduction: Introduction,
  token: TokenRow,
  bundles: ReadonlyMap<Hex, Uint8Array>,
): Promise<ContactRow> {
  const account = toHex(introduction.account);
  const name = cleanName(introduction.name);
  const nowMs = timers.now();
  const held = await tx.get("contacts", account);
  const { accountKey } = introduction;
  const { said } = await takeFacts(tx, accountKey, held, introduction.facts, account);
  const known = held ?? {
    account,
    accountKey,
    name: name.ok ? name.value : "?",
    presenceOut: random(PRESENCE_KEY_BYTES),
    presenceIn: null,
    token: token.label,
    addedAtMs: nowMs,
    lastSeenMs: 0,
  };
  // A stranger who asked us, and whose link we now used, is no stranger any more.
  const state = held?.state === "accepted" ? "accepted" : "invited";
  const contact: ContactRow = { ...known, ...said, state };
  await tx.put("contacts", contact);
  for (const { card } of introduction.devices) {
    if (said.live.includes(toHex(card.device))) await putCard(tx, card, nowMs);
  }
  for (const [id, prekeyBundle] of bundles) {
    const device = await tx.get("devices", id);
    if (device !== undefined) await tx.put("devices", { ...device, prekeyBundle });
  }
  return contact;
}

/** By device; without those that no first flight can be written to now. */
export async function fetchBundles(
  deps: UpkeepDeps,
  introduction: Introduction,
): Promise<ReadonlyMap<Hex, Uint8Array>> {
  const httpOf = (url: string): ReturnType<typeof openRelayHttp> =>
    openRelayHttp({ ...deps, url, owner: null });
  const bundles = new Map<Hex, Uint8Array>();
  for (const { certificate, card } of introduction.devices) {
    const device = { certificate: certificate.bytes, card: card.bytes };
    const bundle = await fetchBundle(httpOf, device);
    if (bundle !== undefined) bundles.set(toHex(certificate.device), bundle);
  }
  return bundles;
}

const FLIGHT_TABLES = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "channels",
  "logs",
  "entries",
  "outbox",
] as const;

/** CONTACT to each of their devices, and our log: its first entry brings them our chain. */
async function writeFirstFlight(
  tx: WriteTx,
  deps: UpkeepDeps,
  self: Self,
  contact: ContactRow,
  psk: Uint8Array,
): Promise<number> {
  const { timers, random, effects } = deps;
  const context = { self, nowMs: timers.now(), random, effects };
  const channel = await wantOlder(tx, await openChannel(tx, self, contact.account));
  const devices = await reachableDevices(tx, contact.account);
  const token = await tokenFor(tx, context, contact);
  const payload = encodePayload("contact", {
    ...(await introductionOf(tx, self, [await ownCard(tx, context, token)])),
    presenceKey: contact.presenceOut,
  });
  for (const device of devices) {
    await sendControl(tx, { ...context, device, payloads: [payload], before: null, psk });
  }
  await ensureOwnLog(tx, { ...context, channel });
  return channel.c;
}
