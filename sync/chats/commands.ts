/**
 * What a person settles about a chat as a whole, on all their devices: marks in the account channel.
 * docs/protocol/messages.md, [CM3] and [CM4].
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { append, APPEND_TABLES } from "../channel/append.ts";
import { bytesOf, type Channel, channelOf, openAccountChannel } from "../channel/channels.ts";
import type { CommandDeps } from "../command-deps.ts";
import type { Marks } from "../entry/mark-body.ts";
import {
  type ChatMarks,
  isPinnedChat,
  isPutAway,
  LEVEL_MENTIONS,
  NO_MARKS,
  type Told,
} from "../thread/chat-marks.ts";

export type ChatError = { readonly type: "ChannelUnknown" };

type Settled = Promise<Result<void, ChatError>>;

export type Chats = {
  /**
   * Until when the chat tells no more than `told`, in ms since 1970; ALWAYS_MS = for good. "all" ends it.
   */
  readonly mute: (c: number, untilMs: number, told: Told) => Settled;
  /** At the top of the list. */
  readonly pin: (c: number, on: boolean) => Settled;
  /** Out of the list, until something new comes. */
  readonly archive: (c: number, on: boolean) => Settled;
  /** Of a 1:1 chat: the person has compared safety numbers. */
  readonly verify: (c: number, on: boolean) => Settled;
};

/** None: it is so already. */
type Say = (channel: Channel, marks: ChatMarks, nowMs: number) => readonly ChatMark[];
type ChatMark =
  | ({ readonly what: "mute" } & Marks["mute"])
  | ({ readonly what: "pinChat" } & Marks["pinChat"])
  | ({ readonly what: "archive" } & Marks["archive"])
  | ({ readonly what: "verified" } & Marks["verified"]);

export const openChats = (deps: CommandDeps): Chats => ({
  mute: (c, untilMs, told) =>
    settle(deps, c, ({ lastH }, marks, nowMs) => {
      const isOff = told === "all" || !Number.isSafeInteger(untilMs) || untilMs < 0;
      const level = told === "mentions" ? LEVEL_MENTIONS : 0;
      if (isOff) {
        const isMuted = (marks.muted?.value.untilMs ?? 0) !== 0;
        return isMuted ? [{ what: "mute", untilMs: 0, level: 0 }] : [];
      }
      const mute = { what: "mute", untilMs, level } as const;
      // It came back by a message: being muted must not put it away again.
      const isBack = marks.archived?.value.on === true && !isPutAway(marks, lastH, nowMs);
      return isBack ? [{ what: "archive", on: false, upToH: lastH }, mute] : [mute];
    }),
  pin: (c, on) =>
    settle(deps, c, (_channel, marks) =>
      isPinnedChat(marks) === on ? [] : [{ what: "pinChat", on }],
    ),
  archive: (c, on) =>
    settle(deps, c, ({ lastH }, marks, nowMs) =>
      isPutAway(marks, lastH, nowMs) === on ? [] : [{ what: "archive", on, upToH: lastH }],
    ),
  verify: (c, on) =>
    settle(deps, c, ({ kind }, { verified }) =>
      kind !== "dm" || (verified?.value ?? false) === on ? [] : [{ what: "verified", on }],
    ),
});

async function settle(deps: CommandDeps, c: number, say: Say): Settled {
  const self = deps.self();
  if (self === undefined) return err({ type: "ChannelUnknown" });
  const done = await deps.lane.run(() =>
    deps.store.write(APPEND_TABLES, async (tx): Settled => {
      const channel = await channelOf(tx, c);
      if (channel === undefined || channel.kind === "account")
        return err({ type: "ChannelUnknown" });
      const marks = (await tx.get("chatMarks", channel.id))?.marks ?? NO_MARKS;
      const { timers, random } = deps;
      const nowMs = timers.now();
      const said = say(channel, marks, nowMs);
      for (const mark of said) {
        const where = await openAccountChannel(tx, self);
        await append(
          tx,
          { self, channel: where, nowMs, random },
          { type: "mark", ...mark, channel: bytesOf(channel.id) },
        );
      }
      return ok(undefined);
    }),
  );
  if (done.ok) deps.effects.wake();
  return done;
}
