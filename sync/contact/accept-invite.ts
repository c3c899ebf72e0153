/**
 * Using somebody's invite: read what lies behind the link, register where we can be answered, and
 * write the first flight. Works while the inviter is offline. docs/protocol/sync.md, [CO4]…
 */
import { toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type Invite, parseInviteLink } from "../../crypto/invite/link.ts";
import {
  invitePskOf,
  type InviteRecord,
  inviteTagOf,
  openInviteRecord,
} from "../../crypto/invite/record.ts";
import { keepAdmission } from "../account/admission.ts";
import type { Self } from "../account/self.ts";
import { tend, type UpkeepDeps } from "../account/upkeep.ts";
import { ensureOwnLog } from "../channel/append.ts";
import { openChannel } from "../channel/channels.ts";
import type { InviteError } from "../device.ts";
import { sendControl } from "../outbox/control.ts";
import { fetchBundle } from "../outbox/pump.ts";
import { cleanName } from "../payload/name.ts";
import { encodePayload } from "../payload/payload.ts";
import { openRelayHttp, type RelayError } from "../session/relay-http.ts";
import type { ContactRow, DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { ID_BYTES, idOf } from "../wire/ids.ts";
import {
  CONTACT_TOKEN_LIFE_MS,
  makeToken,
  ownCard,
  PRESENCE_KEY_BYTES,
  reachableDevices,
  tokenFor,
} from "./contacts.ts";
import { putCard, putDevices } from "./devices.ts";

type Found = { readonly invite: Invite; readonly record: InviteRecord };

/** The channel's number. `self`: whoever accepts. */
export async function acceptInvite(
  deps: UpkeepDeps,
  self: Self,
  link: string,
): Promise<Result<{ readonly c: number }, InviteError>> {
  const found = await lookUp(deps, self, link);
  if (!found.ok) return found;
  const { invite, record } = found.value;
  const contact = await expect(deps, self, found.value);
  // Our relay must know the token that goes into our card before anybody is told of it.
  if (invite.relayUrl === deps.homeUrl && record.voucher.length === ID_BYTES.Voucher) {
    const { voucher } = record;
    await deps.lane.run(() => deps.store.write(["meta"], (tx) => keepAdmission(tx, { voucher })));
  }
  const told = await tend(deps);
  if (!told.ok) return err(inviteErrorOf(told.error));
  if (!(await fetchBundles(deps, contact))) return err({ type: "RelayUnreachable" });
  const psk = invitePskOf(invite.secret, record.introduction.account);
  const c = await deps.lane.run(() =>
    deps.store.write(FLIGHT_TABLES, (tx) => writeFirstFlight(tx, deps, self, contact, psk)),
  );
  return ok({ c });
}

/** What lies behind the link, checked against it. */
async function lookUp(
  deps: UpkeepDeps,
  self: Self,
  link: string,
): Promise<Result<Found, InviteError>> {
  const parsed = parseInviteLink(link);
  if (!parsed.ok) {
    const isNewer = parsed.error.type === "LinkVersionUnknown";
    return err({ type: isNewer ? "LinkVersionUnknown" : "LinkMalformed" });
  }
  const invite = parsed.value;
  if (toHex(invite.account) === self.account) return err({ type: "LinkIsOwn" });
  if (invite.expiresAtS * 1_000 <= deps.timers.now()) return err({ type: "LinkExpired" });
  const http = openRelayHttp({ ...deps, url: invite.relayUrl, owner: null });
  const fetched = await http.fetchInvite(idOf("InviteTag", inviteTagOf(invite.secret)));
  if (!fetched.ok) {
    const isMissing = fetched.error.type === "Refused" && fetched.error.problem === "NotFound";
    return err(isMissing ? { type: "InviteNotFound" } : inviteErrorOf(fetched.error));
  }
  const record = openInviteRecord(invite.secret, invite.account, fetched.value.record);
  return record.ok ? ok({ invite, record: record.value }) : err({ type: "InviteForged" });
}

const inviteErrorOf = (error: RelayError): InviteError => {
  const isNo = error.type === "Refused" && error.problem === "RegistrationClosed";
  return { type: isNo ? "RegistrationRefused" : "RelayUnreachable" };
};

/** The inviter as a contact of whom nothing was heard yet, with the token they shall answer under. */
function expect(deps: UpkeepDeps, self: Self, { record }: Found): Promise<ContactRow> {
  const { introduction } = record;
  const account = toHex(introduction.account);
  const name = cleanName(introduction.name);
  const nowMs = deps.timers.now();
  return deps.lane.run(() =>
    deps.store.write(["contacts", "devices", "tokens", "outbox", "channels"], async (tx) => {
      const held = await tx.get("contacts", account);
      const contact: ContactRow = held ?? {
        account,
        accountKey: introduction.accountKey,
        name: name.ok ? name.value : "?",
        state: "invited",
        facts: introduction.facts,
        presenceOut: deps.random(PRESENCE_KEY_BYTES),
        presenceIn: null,
        token: (
          await makeToken(tx, deps.random, {
            class: "contact",
            account,
            invite: null,
            expiresAtMs: nowMs + CONTACT_TOKEN_LIFE_MS,
          })
        ).label,
        addedAtMs: nowMs,
        lastSeenMs: 0,
      };
      // A stranger who asked us, and whose link we now used, is no stranger any more.
      const isAsked = contact.state === "request" || contact.state === "blocked";
      await tx.put("contacts", isAsked ? { ...contact, state: "invited" } : contact);
      await putDevices(
        tx,
        account,
        introduction.devices.map((it) => it.certificate),
      );
      for (const { card } of introduction.devices) await putCard(tx, card, nowMs);
      await openChannel(tx, self, account);
      return contact;
    }),
  );
}

/** False when a first flight can be written to none of their devices now. */
async function fetchBundles(deps: UpkeepDeps, contact: ContactRow): Promise<boolean> {
  const devices = await deps.store.read(["contacts", "devices"], (tx) =>
    reachableDevices(tx, contact.account),
  );
  const httpOf = (url: string): ReturnType<typeof openRelayHttp> =>
    openRelayHttp({ ...deps, url, owner: null });
  let reached = false;
  for (const device of devices) {
    const bundle = await fetchBundle(httpOf, device);
    if (bundle === undefined) continue;
    reached = true;
    await deps.lane.run(() =>
      deps.store.write(["devices"], async (tx) => {
        const row = await tx.get("devices", device.device);
        if (row !== undefined) await tx.put("devices", { ...row, prekeyBundle: bundle });
      }),
    );
  }
  return reached;
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
  const { random } = deps;
  const nowMs = deps.timers.now();
  const channel = await openChannel(tx, self, contact.account);
  const devices: readonly DeviceRow[] = await reachableDevices(tx, contact.account);
  // The caller brings our relay up to date afterwards.
  const effects = { upkeep: (): void => undefined };
  const token = await tokenFor(tx, { nowMs, random, effects }, contact);
  const payload = encodePayload("contact", {
    accountKey: self.accountKey,
    name: self.name,
    facts: self.facts,
    cards: [await ownCard(tx, self, token, nowMs)],
    presenceKey: contact.presenceOut,
  });
  for (const device of devices) {
    await sendControl(tx, { self, device, payloads: [payload], before: null, psk, nowMs, random });
  }
  const targets = devices.map((it) => it.device);
  await ensureOwnLog(tx, { self, channel, nowMs, random, targets });
  return channel.c;
}
