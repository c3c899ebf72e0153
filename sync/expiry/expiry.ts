/** Messages that disappear: the timer of a chat, and what goes by itself. docs/protocol/messages.md, Disappearing. */
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { mayWrite } from "../acts.ts";
import { append } from "../channel/append.ts";
import { channelOf } from "../channel/channels.ts";
import { LIFETIME_MS_MAX, LIFETIME_MS_MIN, type Timer, TIMER_STARTS } from "../entry/meta-body.ts";
import { followEntry } from "../group/follow.ts";
import { rosterOf } from "../group/rosters.ts";
import { type Effects, heldBack } from "../receive/effects.ts";
import { RECEIVE_TABLES } from "../receive/receive.ts";
import { may, type Refusal } from "../roster/may.ts";
import { type Expirer, type ExpirerDeps, openExpirer } from "./expirer.ts";
import { lifetimeIn } from "./timer.ts";

export type TimerError =
  | Refusal
  | { readonly type: "ChannelUnknown" }
  /** They were blocked, or their request was not accepted yet. */
  | { readonly type: "NotAllowed" }
  | { readonly type: "TimerInvalid" };

export type Expiry = {
  /**
   * How long what is written from now on lives after it was read or sent, for everybody in the chat; 0: for
   * good. In ms. Durable when it settles, and a line of the conversation.
   */
  readonly setTimer: (
    c: number,
    lifetimeMs: number,
    from?: Timer["from"],
  ) => Promise<Result<void, TimerError>>;
};

export type ExpiryPart = Expiry & Expirer;

export type ExpiryDeps = ExpirerDeps & { readonly random: Random; readonly effects: Effects };

export const openExpiry = (deps: ExpiryDeps): ExpiryPart => ({
  ...openExpirer(deps),
  setTimer: (c, lifetimeMs, from = "read") => setTimer(deps, c, { lifetimeMs, from }),
});

async function setTimer(
  deps: ExpiryDeps,
  c: number,
  timer: Timer,
): Promise<Result<void, TimerError>> {
  const { lifetimeMs, from } = timer;
  const self = deps.self();
  if (self === undefined) return err({ type: "ChannelUnknown" });
  const isLifetime = lifetimeMs >= LIFETIME_MS_MIN && lifetimeMs <= LIFETIME_MS_MAX;
  const isWhole = Number.isInteger(lifetimeMs) && TIMER_STARTS.includes(from);
  if (!isWhole || (lifetimeMs !== 0 && !isLifetime)) {
    return err({ type: "TimerInvalid" });
  }
  const { lane, store, timers, random } = deps;
  const held = heldBack(deps.effects);
  const context = { self, nowMs: timers.now(), random, effects: held.effects };
  const done = await lane.run(() =>
    store.write(RECEIVE_TABLES, async (tx): Promise<Result<void, TimerError>> => {
      const channel = await channelOf(tx, c);
      if (channel === undefined || channel.kind === "account") {
        return err({ type: "ChannelUnknown" });
      }
      if (channel.kind === "group") {
        const allowed = may((await rosterOf(tx, c)).members, self.account, { type: "meta" });
        if (!allowed.ok) return allowed;
      } else if (!(await mayWrite(tx, self, channel))) {
        return err({ type: "NotAllowed" });
      }
      const isFrom = lifetimeMs === 0 || channel.timer?.value.from === from;
      if ((lifetimeIn(channel) ?? 0) === lifetimeMs && isFrom) return ok(undefined);
      const words = { title: null, topic: null, picture: null, history: null };
      const appended = await append(tx, { ...context, channel }, { type: "meta", ...words, timer });
      await followEntry(tx, context, appended);
      return ok(undefined);
    }),
  );
  if (!done.ok) return done;
  held.release();
  deps.effects.wake();
  return done;
}
