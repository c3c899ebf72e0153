/** What a person does, one command each: checked, written in one transaction, the rest set in motion. */
import type { Random } from "../crypto/base/random.ts";
import { err, ok } from "../crypto/base/result.ts";
import { isInviteToken, keepAdmission } from "./account/admission.ts";
import { BEGIN_TABLES, beginAccount } from "./account/begin.ts";
import { makeSelf, type Self } from "./account/self.ts";
import type { UpkeepDeps } from "./account/upkeep.ts";
import { APPEND_TABLES, appendMessage } from "./channel/append.ts";
import { channelOf } from "./channel/channels.ts";
import { addresseesOf } from "./channel/members.ts";
import type { Timers } from "./clock/timers.ts";
import { acceptInvite } from "./contact/accept-invite.ts";
import { makeInvite, openInvite } from "./contact/invites.ts";
import { acceptContact, blockContact } from "./contact/verdicts.ts";
import type { Device } from "./device.ts";
import { checkText } from "./entry/text.ts";
import type { Lane } from "./lane.ts";
import { cleanName } from "./payload/name.ts";
import { markChannelRead } from "./receipts/receipts.ts";
import { type Effects, heldBack } from "./receive/effects.ts";
import { RECEIVE_TABLES } from "./receive/receive.ts";
import type { Hex } from "./store/rows.ts";
import type { Store } from "./store/store.ts";

export type CommandDeps = UpkeepDeps & {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly appUrl: string;
  readonly self: () => Self | undefined;
  readonly effects: Effects;
  readonly tend: () => Promise<void>;
  readonly started: (self: Self) => void;
};

export type Commands = Pick<
  Device,
  "start" | "invite" | "acceptInvite" | "admit" | "send" | "markRead" | "decide"
>;

/** How long `invite` waits for the relay before it hands out a link that does not work yet. */
const PUBLISH_WAIT_MS = 3_000;

export const openCommands = (deps: CommandDeps): Commands => ({
  start: (name) => start(deps, name),
  invite: () => invite(deps),
  acceptInvite: async (link) => {
    const self = deps.self();
    if (self === undefined) return err({ type: "NotStarted" });
    const accepted = await acceptInvite(deps, self, link);
    // Connects as well: registering happened on the way.
    await deps.tend();
    if (accepted.ok) {
      deps.effects.contacts();
      deps.effects.wake();
    }
    return accepted;
  },
  admit: (inviteToken) => admit(deps, inviteToken),
  send: (c, text) => send(deps, c, text),
  markRead: (c) => markRead(deps, c),
  decide: (account, verdict) => decide(deps, account, verdict),
});

async function start(deps: CommandDeps, typed: string): ReturnType<Device["start"]> {
  const name = cleanName(typed);
  if (!name.ok) return name;
  return await deps.lane.run(async () => {
    if (deps.self() !== undefined) return err({ type: "AlreadyStarted" });
    const self = makeSelf(name.value, deps.timers.now(), deps.random);
    await deps.store.write(BEGIN_TABLES, (tx) => beginAccount(tx, self, deps.random));
    deps.started(self);
    return ok(undefined);
  });
}

async function invite(deps: CommandDeps): ReturnType<Device["invite"]> {
  const self = deps.self();
  if (self === undefined) return err({ type: "NotStarted" });
  const nowMs = deps.timers.now();
  const made = await deps.lane.run(() =>
    deps.store.write(
      ["invites", "tokens"],
      async (tx) =>
        (await openInvite(tx, nowMs)) ?? (await makeInvite(tx, self, deps, nowMs, deps.random)),
    ),
  );
  if (!made.published) await Promise.race([deps.tend(), wait(deps.timers, PUBLISH_WAIT_MS)]);
  const row = await deps.store.read(["invites"], (tx) => tx.get("invites", made.tag));
  return ok({ link: made.link, published: row?.published ?? false });
}

const wait = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve);
  });

async function admit(deps: CommandDeps, inviteToken: string): ReturnType<Device["admit"]> {
  if (!isInviteToken(inviteToken)) return err({ type: "LinkMalformed" });
  await deps.lane.run(() => deps.store.write(["meta"], (tx) => keepAdmission(tx, { inviteToken })));
  await deps.tend();
  return ok(undefined);
}

async function send(deps: CommandDeps, c: number, typed: string): ReturnType<Device["send"]> {
  const text = checkText(typed);
  if (!text.ok) return text;
  const self = deps.self();
  if (self === undefined) return err({ type: "ChannelUnknown" });
  const sent = await deps.lane.run(() =>
    deps.store.write(APPEND_TABLES, async (tx) => {
      const channel = await channelOf(tx, c);
      if (channel === undefined) return undefined;
      if (channel.kind === "account") return undefined;
      const devices = await addresseesOf(tx, self, channel);
      // Nobody could ever be given it: a stranger, somebody blocked, or an account without a device.
      const isToNobody = devices.every((it) => it.account === self.account);
      if (channel.kind === "dm" && isToNobody) return "NotAllowed";
      const { entry } = await appendMessage(tx, {
        self,
        channel,
        text: text.value.text,
        nowMs: deps.timers.now(),
        random: deps.random,
      });
      return entry;
    }),
  );
  if (sent === undefined) return err({ type: "ChannelUnknown" });
  if (sent === "NotAllowed") return err({ type: "NotAllowed" });
  deps.effects.wake();
  return ok({ id: sent.id });
}

async function markRead(deps: CommandDeps, c: number): Promise<void> {
  const changed = await deps.lane.run(() =>
    deps.store.write(["channels", "logs"], async (tx) => {
      const channel = await channelOf(tx, c);
      return channel !== undefined && (await markChannelRead(tx, channel));
    }),
  );
  if (changed) deps.effects.receipt(c);
}

async function decide(deps: CommandDeps, account: Hex, verdict: "accept" | "block"): Promise<void> {
  const self = deps.self();
  if (self === undefined) return;
  const held = heldBack(deps.effects);
  await deps.lane.run(() =>
    deps.store.write(RECEIVE_TABLES, async (tx) => {
      const contact = await tx.get("contacts", account);
      if (contact === undefined) return;
      const { timers, random } = deps;
      const context = { self, nowMs: timers.now(), random, effects: held.effects };
      if (verdict === "accept") await acceptContact(tx, context, contact);
      else await blockContact(tx, context, contact);
    }),
  );
  held.release();
}
