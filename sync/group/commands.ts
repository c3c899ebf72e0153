/** Groups, as the app asks for them: one transaction each, and then what it set in motion. */
import type { Hex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Timers } from "../clock/timers.ts";
import type { CommandDeps } from "../command-deps.ts";
import { readLink } from "../contact/accept-invite.ts";
import { heldBack } from "../receive/effects.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { RECEIVE_TABLES } from "../receive/receive.ts";
import type { InviteError } from "../refusals.ts";
import type { HistoryPolicy, Role } from "../roster/may.ts";
import type { WriteTx } from "../store/store.ts";
import {
  addMember,
  createGroup,
  type Description,
  describeGroup,
  type GroupError,
  leaveGroup,
  removeMember,
  setRole,
} from "./acts.ts";
import {
  approveJoin,
  giveUpJoin,
  type LinkTerms,
  type MadeGroupLink,
  makeGroupLink,
  refuseJoin,
  withdrawGroupLink,
} from "./link-acts.ts";
import { type GroupBehind, nameBehind } from "./use-link.ts";

type Done = Promise<Result<void, GroupError>>;

/** Accounts are hex32. Each settles when it is durable; others hear of it as of any message. */
export type Groups = {
  /** With these contacts as members. Answers the group's channel number. */
  readonly create: (
    name: string,
    accounts: readonly Hex[],
    history?: HistoryPolicy,
  ) => Promise<Result<{ readonly c: number }, GroupError>>;
  /** A contact, as a member unless `role` says more. */
  readonly add: (c: number, account: Hex, role?: Role) => Done;
  readonly remove: (c: number, account: Hex) => Done;
  readonly setRole: (c: number, account: Hex, role: Role) => Done;
  readonly leave: (c: number) => Done;
  /** Name, topic, history for newcomers: what is not given stays as it is. */
  readonly describe: (c: number, description: Description) => Done;
  /** The group's links stand in its row of `rosters`. This one works once our relay has heard of it. */
  readonly makeLink: (c: number, terms: LinkTerms) => Promise<Result<MadeGroupLink, GroupError>>;
  /** `tag`: hex16, of the link's row. For good, whoever made it. */
  readonly withdrawLink: (c: number, tag: Hex) => Done;
  /** Somebody who used a link and waits. */
  readonly approve: (c: number, account: Hex) => Done;
  readonly refuse: (c: number, account: Hex) => Done;
  /** What the group behind a link is called. `isAsked`: also a relay that is not ours may be asked. */
  readonly look: (link: string, isAsked?: boolean) => Promise<Result<GroupBehind, InviteError>>;
  /** We used a link, and do not want to wait for an admin any longer. */
  readonly giveUp: (c: number) => Done;
};

/** How long `makeLink` waits for the relay: after that the link begins to work by itself. */
const PUBLISH_WAIT_MS = 3_000;

export const openGroups = (deps: CommandDeps): Groups => ({
  create: async (name, accounts, history = "none") => {
    const made = await inOne(deps, (tx, context) =>
      createGroup(tx, context, name, accounts, history),
    );
    return made.ok ? ok({ c: made.value.c }) : made;
  },
  add: (c, account, role = "member") =>
    inOne(deps, (tx, context) => addMember(tx, context, c, account, role)),
  remove: (c, account) => inOne(deps, (tx, context) => removeMember(tx, context, c, account)),
  setRole: (c, account, role) =>
    inOne(deps, (tx, context) => setRole(tx, context, c, account, role)),
  leave: (c) => inOne(deps, (tx, context) => leaveGroup(tx, context, c)),
  describe: (c, description) =>
    inOne(deps, (tx, context) => describeGroup(tx, context, c, description)),
  makeLink: async (c, terms) => {
    const made = await inOne(deps, (tx, context) => makeGroupLink(tx, context, c, terms, deps));
    if (made.ok) await Promise.race([deps.tend(), wait(deps.timers, PUBLISH_WAIT_MS)]);
    return made;
  },
  withdrawLink: (c, tag) => inOne(deps, (tx, context) => withdrawGroupLink(tx, context, c, tag)),
  approve: (c, account) => inOne(deps, (tx, context) => approveJoin(tx, context, c, account)),
  refuse: (c, account) => inOne(deps, (tx, context) => refuseJoin(tx, context, c, account)),
  look: async (link, isAsked = false) => {
    const self = deps.self();
    if (self === undefined) return err({ type: "NotStarted" });
    const invite = readLink(deps, self, link);
    return invite.ok ? await nameBehind(deps, invite.value, isAsked) : invite;
  },
  giveUp: (c) => inOne(deps, (tx, context) => giveUpJoin(tx, context, c)),
});

const wait = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.after(ms, resolve);
  });

/** Whoever refuses has written nothing. */
async function inOne<Value>(
  deps: CommandDeps,
  work: (tx: WriteTx, context: OpenContext) => Promise<Result<Value, GroupError>>,
): Promise<Result<Value, GroupError>> {
  const { store, lane, timers, random } = deps;
  const held = heldBack(deps.effects);
  const outcome = await lane.run(async (): Promise<Result<Value, GroupError>> => {
    const self = deps.self();
    if (self === undefined) return err({ type: "NotStarted" });
    const context = { self, nowMs: timers.now(), random, effects: held.effects };
    return await store.write(RECEIVE_TABLES, (tx) => work(tx, context));
  });
  if (!outcome.ok) return outcome;
  held.release();
  deps.effects.wake();
  return outcome;
}
