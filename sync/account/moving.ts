/**
 * Our home relay came back as another one, without its key and its store: our mailbox there is a new
 * one. Who is reached elsewhere is told by a new card; for all others lies a record at the new relay
 * (contact/moves.ts). docs/protocol/sync.md, rules [UP7] and [MV1] to [MV4].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { WRITE_TOKEN_BYTES } from "../../crypto/identity/card.ts";
import { inviteTagOf, sealInviteRecord } from "../../crypto/invite/record.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import type { Timers } from "../clock/timers.ts";
import { isWithin } from "../clock/within.ts";
import { introductionOf, ownCard } from "../contact/contacts.ts";
import { INVITE_LIFE_MS } from "../contact/invites.ts";
import { moveSecretOf } from "../contact/moves.ts";
import { noteRobbed } from "../heal/robbed.ts";
import type { Lane } from "../lane.ts";
import { type SealContext, tellCard } from "../outbox/seal.ts";
import type { Effects } from "../receive/effects.ts";
import { isProblem, type RelayError, type RelayHttp } from "../session/relay-http.ts";
import type { TableName } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import { idOf, type RelayId } from "../wire/ids.ts";
import { atRelay, forgetRegistration } from "./mailboxes.ts";
import type { Self } from "./self.ts";

/** The record lives as long as an invite, and is renewed long before its end. */
const MOVE_RENEW_MS = INVITE_LIFE_MS / 3;
/** Devices told in one transaction: each costs a step of its session. */
const TOLD_AT_ONCE_MAX = 16;
/** Name of the meta row with the devices (hex16) that are to get our new card. */
const CARDS_DUE = "cardsDue";

export const MOVE_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "invites",
  "devices",
];
const TELL_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "channels",
  "rosters",
  "outbox",
];

type Step = Result<void, RelayError>;
type MoveDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly homeUrl: string;
  readonly effects: Pick<Effects, "upkeep">;
};

/** Our mailbox at `url` is from now on the one of this relay, which knows nothing of us yet. */
export async function moveMailbox(tx: WriteTx, url: string, relayId: RelayId): Promise<void> {
  const row = await tx.get("mailboxes", url);
  if (row === undefined) return;
  await forgetRegistration(tx, url);
  await tx.put("mailboxes", {
    ...atRelay(row, relayId),
    storeInc: "",
    registered: false,
    prekeysAtMs: 0,
    moveToldAtMs: 0,
  });
  const devices = await tx.range("devices", "primary", {});
  await tx.put("meta", { k: CARDS_DUE, v: devices.map((it) => it.device) });
  await noteRobbed(tx);
}

/** These devices get our newest card at the next upkeep. */
export async function cardsAreDue(tx: WriteTx, devices: readonly Hex[]): Promise<void> {
  const due = ((await tx.get("meta", CARDS_DUE))?.v ?? []) as readonly Hex[];
  await tx.put("meta", { k: CARDS_DUE, v: [...new Set([...due, ...devices])] });
}

/** Our new card to everybody's devices. Those who move as well get it once they were found. */
export async function tellCards(
  { store, lane, timers, random, effects }: MoveDeps,
  self: Self,
): Promise<void> {
  const of = { self, random, effects };
  for (let isMore = true; isMore;) {
    isMore = await lane.run(() =>
      store.write(TELL_TABLES, async (tx) => {
        const due = ((await tx.get("meta", CARDS_DUE))?.v ?? []) as readonly Hex[];
        if (due.length === 0) return false;
        for (const id of due.slice(0, TOLD_AT_ONCE_MAX)) {
          await tellCardTo(tx, { ...of, nowMs: timers.now() }, id);
        }
        await tx.put("meta", { k: CARDS_DUE, v: due.slice(TOLD_AT_ONCE_MAX) });
        return due.length > TOLD_AT_ONCE_MAX;
      }),
    );
  }
}

async function tellCardTo(tx: WriteTx, context: SealContext, id: Hex): Promise<void> {
  const device = await tx.get("devices", id);
  const contact = device === undefined ? undefined : await tx.get("contacts", device.account);
  if (device !== undefined && contact !== undefined) await tellCard(tx, context, contact, device);
}

/** The record by which those find us who knew our mailbox at the relay that is gone. */
export async function publishMove(deps: MoveDeps, http: RelayHttp, self: Self): Promise<Step> {
  const { store, lane, timers, random, homeUrl, effects } = deps;
  const row = await store.read(["mailboxes"], (tx) => tx.get("mailboxes", homeUrl));
  if (row?.moveToldAtMs === undefined) return ok(undefined);
  const nowMs = timers.now();
  if (isWithin(row.moveToldAtMs, nowMs, MOVE_RENEW_MS)) return ok(undefined);
  const expiresAtMs = nowMs + INVITE_LIFE_MS;
  const introduction = await lane.run(() =>
    store.write(["meta", "mailboxes", "contacts"], async (tx) =>
      introductionOf(tx, self, [await ownCard(tx, { self, nowMs, effects }, null)]),
    ),
  );
  const secret = moveSecretOf(self.keys.sigKey, row.relayId);
  const record = sealInviteRecord(
    secret,
    {
      expiresAtS: Math.floor(expiresAtMs / 1_000),
      voucher: new Uint8Array(0),
      introduction,
    },
    random,
  );
  if (!record.ok) return err({ type: "Malformed" });
  const tag = idOf("InviteTag", inviteTagOf(secret));
  // It admits nobody: no voucher has this hash.
  const nobody = idOf("TokenHash", tokenHashOf(random(WRITE_TOKEN_BYTES)));
  const put = await http.putInvite(tag, record.value, expiresAtMs, nobody);
  // Somebody who knows our device was faster, or too many invites lie there: the card tells it as well.
  const isTaken = !put.ok && (isProblem(put.error, "TagTaken") || isProblem(put.error, "TooMany"));
  if (!put.ok && !isTaken) return put;
  await lane.run(() =>
    store.write(["mailboxes"], async (tx) => {
      const fresh = await tx.get("mailboxes", homeUrl);
      if (fresh !== undefined) await tx.put("mailboxes", { ...fresh, moveToldAtMs: nowMs });
    }),
  );
  return ok(undefined);
}
