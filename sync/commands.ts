/** What a person does, one command each: checked, written in one transaction, the rest set in motion. */
import type { Hex } from "../crypto/base/hex.ts";
import { err, ok, type Result } from "../crypto/base/result.ts";
import { isInviteToken, keepAdmission } from "./account/admission.ts";
import { BEGIN_TABLES, beginAccount } from "./account/begin.ts";
import { keepPush, PUSH_TABLES } from "./account/push.ts";
import { makeSelf } from "./account/self.ts";
import { type Acts, mayWrite, openActs, targetAt } from "./acts.ts";
import { append, APPEND_TABLES } from "./channel/append.ts";
import { type Channel, channelOf } from "./channel/channels.ts";
import { openChats } from "./chats/commands.ts";
import { givenMentions } from "./chats/given-mentions.ts";
import type { Timers } from "./clock/timers.ts";
import type { CommandDeps } from "./command-deps.ts";
import { acceptInvite, readLink } from "./contact/accept-invite.ts";
import { makeInvite, openInvite } from "./contact/invites.ts";
import { acceptContact, blockContact } from "./contact/verdicts.ts";
import type { Device, SendExtras } from "./device.ts";
import type { Reply } from "./entry/message-body.ts";
import { plainMessage } from "./entry/plain-message.ts";
import { openGroups } from "./group/commands.ts";
import { useGroupLink } from "./group/use-link.ts";
import { putOwnBlob } from "./media/media-rows.ts";
import { ownBlobOf } from "./media/own-blob.ts";
import { cleanName } from "./payload/name.ts";
import { markChannelRead } from "./receipts/receipts.ts";
import { heldBack } from "./receive/effects.ts";
import { RECEIVE_TABLES } from "./receive/receive.ts";
import type { SendError } from "./refusals.ts";
import type { ReadTx } from "./store/store.ts";
import { checkLongText } from "./thread/long-text.ts";
import { oneLine } from "./thread/summary.ts";
import type { PutPush } from "./wire/http.ts";

export type Commands = Acts &
  Pick<
    Device,
    | "groups"
    | "chats"
    | "start"
    | "invite"
    | "acceptInvite"
    | "admit"
    | "push"
    | "send"
    | "markRead"
    | "decide"
  >;

/** How long `invite` waits for the relay before it hands out a link that does not work yet. */
const PUBLISH_WAIT_MS = 3_000;

export const openCommands = (deps: CommandDeps): Commands => ({
  start: (name) => start(deps, name),
  invite: () => invite(deps),
  acceptInvite: async (link) => {
    const self = deps.self();
    if (self === undefined) return err({ type: "NotStarted" });
    const read = readLink(deps, self, link);
    if (!read.ok) return read;
    const use = read.value.leadsTo === "group" ? useGroupLink : acceptInvite;
    const accepted = await use(deps, self, read.value);
    // Connects as well: registering happened on the way.
    await deps.tend();
    if (accepted.ok) {
      deps.effects.contacts();
      deps.effects.wake();
    }
    return accepted;
  },
  admit: (inviteToken) => admit(deps, inviteToken),
  push: (subscription) => push(deps, subscription),
  send: (c, text, extras) => send(deps, c, text, extras ?? {}),
  ...openActs(deps),
  groups: openGroups(deps),
  chats: openChats(deps),
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

async function send(
  deps: CommandDeps,
  c: number,
  typed: string,
  extras: SendExtras,
): ReturnType<Device["send"]> {
  const text = checkLongText(typed);
  if (!text.ok) return text;
  const mentions = givenMentions(extras.mentions);
  if (mentions === undefined) return err({ type: "MentionsInvalid" });
  const self = deps.self();
  if (self === undefined) return err({ type: "ChannelUnknown" });
  const whole = text.value.whole && ownBlobOf(text.value.whole, deps.random);
  const sent = await deps.lane.run(() =>
    deps.store.write(APPEND_TABLES, async (tx): ReturnType<Device["send"]> => {
      const channel = await channelOf(tx, c);
      if (channel === undefined || channel.kind === "account") {
        return err({ type: "ChannelUnknown" });
      }
      if (!(await mayWrite(tx, self, channel))) return err({ type: "NotAllowed" });
      const reply = await replyTo(tx, channel, extras.replyTo);
      if (!reply.ok) return reply;
      const { entry } = await append(
        tx,
        { self, channel, nowMs: deps.timers.now(), random: deps.random },
        {
          type: "message",
          ...plainMessage(text.value.text),
          reply: reply.value,
          mentions,
          whole: whole?.ref ?? null,
          forwarded: extras.forwarded ?? false,
        },
      );
      if (whole !== null) await putOwnBlob(tx, entry, self.account, whole, "text");
      return ok({ id: entry.id });
    }),
  );
  if (sent.ok) deps.effects.wake();
  return sent;
}

/** What is answered, with its beginning for who does not hold it. */
async function replyTo(
  tx: ReadTx,
  channel: Channel,
  id: string | undefined,
): Promise<Result<Reply | null, SendError>> {
  if (id === undefined) return ok(null);
  const target = await targetAt(tx, channel, id);
  if (!target.ok) return target;
  const { ref, row, text } = target.value;
  // What disappears is not kept by who answers it.
  return ok({ target: ref, quote: row.lifetimeMs === undefined ? oneLine(text) : "" });
}

async function push(deps: CommandDeps, subscription: PutPush | null): Promise<void> {
  const { lane, store, homeUrl } = deps;
  await lane.run(() => store.write(PUSH_TABLES, (tx) => keepPush(tx, homeUrl, subscription)));
  void deps.tend();
}

async function markRead(deps: CommandDeps, c: number): Promise<void> {
  const changed = await deps.lane.run(() =>
    deps.store.write(["channels", "logs", "entries", "expiry"], async (tx) => {
      const channel = await channelOf(tx, c);
      return channel !== undefined && (await markChannelRead(tx, channel, deps.timers.now()));
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
