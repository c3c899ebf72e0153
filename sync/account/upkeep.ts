/**
 * Keeping our home relay told: that our mailbox exists, under which tokens people may write to it, how
 * to start a session with us, what lies behind our invites. Every step is idempotent and starts from
 * what the store says is missing, so it may be interrupted anywhere and run again. docs/protocol/
 * sync.md, rules [UP1] to [UP10].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { makePrekeys } from "../../crypto/handshake/prekeys.ts";
import { PREKEYS_RENEW_MS } from "../../crypto/lifetimes.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import { capsulePutKeyOf } from "../../crypto/recovery/capsule.ts";
import { bytesOf } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { isWithin } from "../clock/within.ts";
import { extendGroupTokens, extendTokens, TOKEN_REVOKED } from "../contact/contacts.ts";
import { recordOf } from "../contact/invites.ts";
import { groupRecordOf, isMain } from "../group/doors.ts";
import type { Lane } from "../lane.ts";
import type { Effects } from "../receive/effects.ts";
import {
  isProblem,
  openRelayHttp,
  type RelayError,
  type RelayHttp,
  type TokenGrant,
} from "../session/relay-http.ts";
import type { InviteRow, MailboxRow, TableName, TokenRow } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import type { Transport } from "../transport/transport.ts";
import { idOf } from "../wire/ids.ts";
import { readAdmission } from "./admission.ts";
import { atRelay, forgetRegistration, newMailbox, ownerOf } from "./mailboxes.ts";
import { publishMove, tellCards } from "./moving.ts";
import { tellPush } from "./push.ts";
import { capsuleOf, partyOf, readSelf, type Self } from "./self.ts";

export type UpkeepDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly transport: Transport;
  readonly homeUrl: string;
  /** What is to be told to our relay is told once more, when what is being told now is. */
  readonly effects: Pick<Effects, "upkeep">;
};

/** A relay that loses its store while it is told is told anew, so often at once. */
const RUNS_MAX = 3;

type Step = Result<void, RelayError>;
const DONE: Step = ok(undefined);
const SPK_COUNT = "spkCount";

const RECORD_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "channels",
  "rosters",
];

type UpkeepStep = (deps: UpkeepDeps, http: RelayHttp, self: Self) => Promise<Step>;

const REACHABLE: readonly UpkeepStep[] = [register, renewPrekeys, revokeTokens, grantTokens];

/** Brings the home relay up to date. The first error ends the run; what was done stays done. */
export const tend = (deps: UpkeepDeps): Promise<Step> =>
  runSteps(deps, [...REACHABLE, tellMove, publishInvites, tellPush]);

/** As far as others need it to answer us: everything but our own invites. */
export const beReachable = (deps: UpkeepDeps): Promise<Step> => runSteps(deps, REACHABLE);

async function runSteps(deps: UpkeepDeps, steps: readonly UpkeepStep[]): Promise<Step> {
  const self = await deps.store.read(["meta"], readSelf);
  if (self === undefined) return DONE;
  let done: Step = DONE;
  for (let run = 0; run < RUNS_MAX; run += 1) {
    const located = await locate(deps);
    if (!located.ok) return located;
    const http = httpOf(deps, located.value);
    done = DONE;
    for (const step of steps) {
      done = await step(deps, http, self);
      if (!done.ok) break;
    }
    if (!(await forgetIfLost(deps, located.value))) break;
  }
  return done;
}

/** Did the relay lose its store meanwhile? Then we cannot tell which one answered us. Rule [UP2]. */
async function forgetIfLost(
  { store, lane, homeUrl }: UpkeepDeps,
  before: MailboxRow,
): Promise<boolean> {
  // Whoever notes the new store has written it when the lane comes to us, and mostly nobody has.
  const row = await lane.run(() => store.read(["mailboxes"], (tx) => tx.get("mailboxes", homeUrl)));
  if (before.storeInc === "" || row?.storeInc === before.storeInc) return false;
  await lane.run(() =>
    store.write(["mailboxes", "tokens", "invites"], (tx) => forgetRegistration(tx, homeUrl)),
  );
  return true;
}

const httpOf = (deps: UpkeepDeps, row: MailboxRow): RelayHttp =>
  openRelayHttp({ ...deps, url: deps.homeUrl, owner: ownerOf(row) ?? null });

/** Our mailbox's row, with the id of the relay that answers at our home address. */
async function locate(deps: UpkeepDeps): Promise<Result<MailboxRow, RelayError>> {
  const { store, lane, homeUrl } = deps;
  const held = await store.read(["mailboxes"], (tx) => tx.get("mailboxes", homeUrl));
  if (held?.registered === true) return ok(held);
  const known = await httpOf(deps, held ?? newMailbox(homeUrl, deps.random)).wellKnown();
  if (!known.ok) return known;
  return ok(
    await lane.run(() =>
      store.write(["mailboxes"], async (tx) => {
        const row = (await tx.get("mailboxes", homeUrl)) ?? newMailbox(homeUrl, deps.random);
        // Before it is registered nobody was told of it: whoever answers now is our relay.
        if (row.registered) return row;
        const placed = atRelay(row, known.value.relayId);
        await tx.put("mailboxes", placed);
        return placed;
      }),
    ),
  );
}

/** Our home relay once it knows our mailbox, which needs no account. */
export async function registeredHome(deps: UpkeepDeps): Promise<Result<RelayHttp, RelayError>> {
  const located = await locate(deps);
  if (!located.ok) return located;
  const http = httpOf(deps, located.value);
  const registered = await register(deps, http, null);
  return registered.ok ? ok(http) : registered;
}

/** `self`: null before there is an account. */
async function register(deps: UpkeepDeps, http: RelayHttp, self: Self | null): Promise<Step> {
  const { store, homeUrl } = deps;
  const row = await store.read(["mailboxes"], (tx) => tx.get("mailboxes", homeUrl));
  if (row?.registered === true) return DONE;
  const admission = await store.read(["meta"], readAdmission);
  let registered = await http.register(admission);
  // A voucher serves once: a relay that lost its store and is open to all takes us without.
  if (isClosed(registered) && "voucher" in admission) registered = await http.register({});
  // Where our account has left its recovery capsule it was at home before: rule [RV13].
  if (isClosed(registered) && row !== undefined && self !== null) {
    const keys = capsuleOf(self);
    const capsule = { place: keys.place, putKey: capsulePutKeyOf(keys, row.relayId) };
    const restored = await http.register({ capsule });
    // A relay of an earlier version finds that malformed: it wants an invitation all the same.
    if (restored.ok) registered = restored;
  }
  if (!registered.ok) return registered;
  await changeMailbox(deps, (it) => ({ ...it, registered: true }));
  return DONE;
}

const isClosed = (answer: Result<unknown, RelayError>): boolean =>
  !answer.ok && isProblem(answer.error, "RegistrationClosed");

/** The secrets are kept before the relay gets the bundle: nobody can use what we could not open. */
async function renewPrekeys(deps: UpkeepDeps, http: RelayHttp, self: Self): Promise<Step> {
  const { store, lane, timers, random } = deps;
  const nowMs = timers.now();
  const row = await store.read(["mailboxes"], (tx) => tx.get("mailboxes", deps.homeUrl));
  if (isWithin(row?.prekeysAtMs, nowMs, PREKEYS_RENEW_MS)) return DONE;
  const bundle = await lane.run(() =>
    store.write(["meta", "prekeys"], async (tx) => {
      const count = await tx.get("meta", SPK_COUNT);
      const spkId = (typeof count?.v === "number" ? count.v : 0) + 1;
      const made = makePrekeys(partyOf(self), spkId, nowMs, random);
      await tx.put("meta", { k: SPK_COUNT, v: spkId });
      await tx.put("prekeys", {
        id: toHex(made.secrets.id),
        secrets: made.secrets,
        createdAtMs: nowMs,
      });
      return made.bundle;
    }),
  );
  const put = await http.putPrekeys(bundle);
  if (!put.ok) return put;
  await changeMailbox(deps, (it) => ({ ...it, prekeysAtMs: nowMs }));
  return DONE;
}

async function revokeTokens(deps: UpkeepDeps, http: RelayHttp): Promise<Step> {
  const { store, lane } = deps;
  const all = await store.read(["tokens"], (tx) => tx.range("tokens", "primary", {}));
  const revoked = all.filter((it) => it.expiresAtMs === TOKEN_REVOKED);
  if (revoked.length === 0) return DONE;
  const deleted = await http.deleteTokens(
    revoked.map((it) => idOf("TokenHash", tokenHashOf(it.token))),
  );
  if (!deleted.ok) return deleted;
  await lane.run(() =>
    store.write(["tokens"], async (tx) => {
      for (const { label } of revoked) await tx.delete("tokens", label);
    }),
  );
  return DONE;
}

async function grantTokens(deps: UpkeepDeps, http: RelayHttp, self: Self): Promise<Step> {
  const { store, lane, timers, homeUrl } = deps;
  const untold = await lane.run(() =>
    store.write(["tokens", "contacts"], async (tx) => {
      const nowMs = timers.now();
      await extendTokens(tx, nowMs);
      await extendGroupTokens(tx, nowMs);
      const all = await tx.range("tokens", "primary", {});
      return all.filter((it) => !it.registeredAt.includes(homeUrl) && it.expiresAtMs > nowMs);
    }),
  );
  if (untold.length === 0) return DONE;
  const granted = await http.putTokens(untold.map((row) => grantOf(row, self)));
  if (!granted.ok) return granted;
  await lane.run(() =>
    store.write(["tokens"], async (tx) => {
      for (const { label } of untold) {
        const row = await tx.get("tokens", label);
        if (row === undefined || row.registeredAt.includes(homeUrl)) continue;
        await tx.put("tokens", { ...row, registeredAt: [...row.registeredAt, homeUrl] });
      }
    }),
  );
  return DONE;
}

/** What another device of ours writes wakes nobody. */
const grantOf = (row: TokenRow, self: Self): TokenGrant => ({
  hash: idOf("TokenHash", tokenHashOf(row.token)),
  class: row.class,
  label: idOf("Label", bytesOf(row.label)),
  push: row.class !== "invite" && row.account !== self.account,
  expiresAtMs: row.expiresAtMs,
});

async function tellMove(deps: UpkeepDeps, http: RelayHttp, self: Self): Promise<Step> {
  const published = await publishMove(deps, http, self);
  if (published.ok) await tellCards(deps, self);
  return published;
}

async function publishInvites(deps: UpkeepDeps, http: RelayHttp, self: Self): Promise<Step> {
  const { store, timers } = deps;
  const all = await store.read(["invites"], (tx) => tx.range("invites", "primary", {}));
  for (const { tag } of all.filter((it) => it.isWithdrawn === true && it.published)) {
    const withdrawn = await http.deleteInvite(idOf("InviteTag", bytesOf(tag)));
    const isGone = withdrawn.ok || isProblem(withdrawn.error, "NotFound");
    if (!isGone) return withdrawn;
    await changeInvite(deps, tag, { published: false });
  }
  const open = all.filter(
    (it) => !it.published && it.isWithdrawn !== true && it.expiresAtMs > timers.now(),
  );
  for (const invite of open) {
    const published = await publish(deps, http, self, invite);
    if (!published.ok) return published;
  }
  return DONE;
}

async function publish(
  deps: UpkeepDeps,
  http: RelayHttp,
  self: Self,
  invite: InviteRow,
): Promise<Step> {
  const { store, lane, timers, random, effects } = deps;
  const record = await lane.run(() => {
    const context = { self, nowMs: timers.now(), random, effects };
    return store.write(RECORD_TABLES, (tx) =>
      (isMain(invite) ? groupRecordOf : recordOf)(tx, context, invite),
    );
  });
  if (record === undefined) return DONE;
  if (!record.ok) return err({ type: "Malformed" });
  const put = await http.putInvite(
    idOf("InviteTag", bytesOf(invite.tag)),
    record.value,
    invite.expiresAtMs,
    idOf("TokenHash", tokenHashOf(invite.voucher)),
  );
  if (!put.ok) return put;
  await changeInvite(deps, invite.tag, { published: true });
  return DONE;
}

const changeInvite = (
  { store, lane }: UpkeepDeps,
  tag: Hex,
  change: Pick<InviteRow, "published">,
): Promise<void> =>
  lane.run(() =>
    store.write(["invites"], async (tx) => {
      const row = await tx.get("invites", tag);
      if (row !== undefined) await tx.put("invites", { ...row, ...change });
    }),
  );

const changeMailbox = (
  { store, lane, homeUrl }: UpkeepDeps,
  change: (row: MailboxRow) => MailboxRow,
): Promise<void> =>
  lane.run(() =>
    store.write(["mailboxes"], async (tx) => {
      const row = await tx.get("mailboxes", homeUrl);
      if (row !== undefined) await tx.put("mailboxes", change(row));
    }),
  );
