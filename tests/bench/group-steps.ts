/**
 * One thing that happens in a group, as a step: somebody writes while everybody else's mail is held, then
 * the mail is let go. So what its author computes is told from what everybody else does.
 */
import { setTimeout as pause } from "node:timers/promises";

import { assert } from "../../crypto/base/assert.ts";
import { accountOf, type Here, type Visitor, within } from "./here.ts";

const STEP_MS_MAX = 600_000;
/** A step begins when, for so long, little was computed, or after the longest that one waits for that. */
const CALM_MS = 500;
const CALM_SHARE = 0.2;
const CALM_MS_MAX = 30_000;

/** `ms` are of this process, and so of the relay as well; `bytes` are sent. */
export type Cost = { readonly ms: number; readonly bytes: number };

export type Step = {
  /** From the act until everybody holds what was said. */
  readonly seconds: number;
  readonly author: Cost;
  /** Of each device that comes by this step; null: none does. */
  readonly newcomer: Cost | null;
  /** Of each of the others, on the average. */
  readonly other: Cost;
};

type StepInput = {
  readonly here: Here;
  readonly author: Visitor;
  readonly others: readonly Visitor[];
  readonly newcomers?: readonly Visitor[];
  /** Ends with words: the id of the message. */
  readonly act: () => Promise<string>;
};

export async function takeStep(input: StepInput): Promise<Step> {
  const { here, author, others, newcomers = [], act } = input;
  await calm();
  const releases = others.map((it) => it.hold());
  const admits = newcomers.map((it) => it.hold());
  const fromMs = performance.now();
  const authored = meter(here, author);
  const id = await act();
  const { lastH } = await groupRow(author);
  await within(STEP_MS_MAX, async () => isSent(author));
  const authorCost = authored();
  const came = meter(here);
  for (const release of admits) release();
  await allHold(newcomers, id, lastH);
  const newcomerCost = shareOf(came(), newcomers.length);
  const heard = meter(here);
  for (const release of releases) release();
  await allHold(others, id, lastH);
  return {
    seconds: (performance.now() - fromMs) / 1_000,
    author: authorCost,
    newcomer: newcomers.length === 0 ? null : newcomerCost,
    other: shareOf(heard(), others.length),
  };
}

const shareOf = ({ ms, bytes }: Cost, devices: number): Cost => ({
  ms: ms / devices,
  bytes: bytes / devices,
});

/** What the step before set in motion has come to its end: recovery capsules, digests, cards. */
async function calm(): Promise<void> {
  const endMs = performance.now() + CALM_MS_MAX;
  for (;;) {
    const cpu = process.cpuUsage();
    await pause(CALM_MS);
    const { user, system } = process.cpuUsage(cpu);
    const isCalm = (user + system) / 1_000 < CALM_MS * CALM_SHARE;
    if (isCalm || performance.now() > endMs) return;
  }
}

/** What is computed by all, and sent by all or by one device, from now until it is asked. */
export function meter(here: Here, by?: Visitor): () => Cost {
  const { traffic } = by ?? here;
  const { sent } = traffic;
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: (user + system) / 1_000, bytes: traffic.sent - sent };
  };
}

/** Every device has confirmed what `author` wrote. */
export const confirmed = (author: Visitor): Promise<void> =>
  within(STEP_MS_MAX, async () => (await targetsOf(author)).every((it) => it === "done"));

/** A relay has all of it. */
const isSent = async (author: Visitor): Promise<boolean> =>
  !(await targetsOf(author)).includes("pending");

async function targetsOf({ store }: Visitor): Promise<readonly string[]> {
  const rows = await store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
  return rows.flatMap(({ targets }) => targets.map(({ state }) => state));
}

async function groupRow({
  store,
}: Visitor): Promise<{ readonly c: number; readonly lastH: number }> {
  const channels = await store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const group = channels.find((it) => it.kind === "group");
  assert(group?.c !== undefined, "they have a group");
  return { c: group.c, lastH: group.lastH };
}

export const groupOf = async (who: Visitor): Promise<number> => (await groupRow(who)).c;

/** The id of what is said. */
export async function say(who: Visitor, text: string): Promise<string> {
  const sent = await who.device.send(await groupOf(who), text);
  assert(sent.ok, "something is said");
  return sent.value.id;
}

/** `who` knows where so many devices of each of these are reached. */
export async function knowsAll(
  who: Visitor,
  friends: readonly Visitor[],
  each: number,
): Promise<void> {
  const accounts = await Promise.all(friends.map(accountOf));
  await within(STEP_MS_MAX, async () => {
    const devices = await who.store.read(["devices"], (tx) => tx.range("devices", "primary", {}));
    const reached = Map.groupBy(
      devices.filter((it) => it.card !== null),
      (it) => it.account,
    );
    return accounts.every((it) => (reached.get(it)?.length ?? 0) >= each);
  });
}

export async function create(
  who: Visitor,
  name: string,
  others: readonly Visitor[],
  absent: readonly string[],
): Promise<void> {
  const accounts = new Set([...(await Promise.all(others.map(accountOf))), ...absent]);
  const made = await who.device.groups.create(name, [...accounts]);
  assert(made.ok, "a group is made");
}

/** Looks at the first that lacks it alone: to look at all of them would be most of the work. */
async function allHold(all: readonly Visitor[], id: string, h: number): Promise<void> {
  const left = [...all];
  await within(STEP_MS_MAX, async () => {
    for (let last = left.at(-1); last !== undefined; last = left.at(-1)) {
      if (!(await holds(last, id, h))) return false;
      left.pop();
    }
    return true;
  });
}

async function holds({ store }: Visitor, id: string, h: number): Promise<boolean> {
  return await store.read(["channels", "entries"], async (tx) => {
    const group = (await tx.range("channels", "primary", {})).find((it) => it.kind === "group");
    if (group?.c === undefined) return false;
    const range = { lower: [group.c, 1, h], upper: [group.c, 1, h] };
    return (await tx.range("entries", "timeline", range)).some((it) => it.id === id);
  });
}
