/** Doing what a plan says: people's wishes, and what goes wrong meanwhile. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { ChannelRow } from "../../sync/store/rows.ts";
import { revoke, signOut } from "./device-steps.ts";
import { lieTo } from "./forge.ts";
import { found, say, turn } from "./group-steps.ts";
import { evictLater, putBackLater } from "./losses.ts";
import { CANARY, type Person } from "./person.ts";
import type { Clock, Step } from "./plan.ts";
import type { RelaySite } from "./relay-site.ts";
import { link, meet } from "./wishes.ts";
import type { World } from "./world.ts";

type ChangeStep = Extract<Step, { readonly do: "change" }>;

export function perform(world: World, step: Step): void {
  const who = "who" in step ? world.person(step.who) : undefined;
  world.trace(() => `— ${who?.name ?? "relay"}: ${JSON.stringify({ ...step, atMs: undefined })}`);
  void act(world, step).catch((error: unknown) => world.fail(`[INV0] ${String(error)}`));
}

async function act(world: World, step: Step): Promise<void> {
  switch (step.do) {
    case "write":
      return await write(world, world.person(step.who), world.person(step.to), step.n);
    case "change":
      return await change(world, step);
    case "read":
      return await readAll(world, world.person(step.who));
    case "type":
      return await type(world, world.person(step.who), world.person(step.to));
    case "meet":
      return await meet(world, step);
    case "link":
      return await link(world, world.person(step.who), world.person(step.to));
    case "found":
      return await found(world, world.person(step.who), step.policy);
    case "say":
      return await say(world, world.person(step.who), step.n);
    case "turn":
      return await turn(world, step);
    case "lie":
      return await lieTo(world, world.person(step.who), world.person(step.to), step.lie);
    case "handOver":
      if (await world.person(step.who).handOver()) world.happened("a process takes over");
      return;
    case "die": {
      const person = world.person(step.who);
      person.downMs = step.downMs;
      if (step.moment === "now") person.die("now");
      else person.doom(step.moment, step.after);
      return;
    }
    case "putBack":
      return await putBackLater(world, step);
    case "evict":
      return await evictLater(world, step);
    case "revoke":
      return await revoke(world, world.person(step.who), world.person(step.whom));
    case "signOut":
      return await signOut(world, world.person(step.who));
    case "close": {
      const person = world.person(step.who);
      await person.close();
      world.kernel.after(step.downMs, () => person.open());
      return;
    }
    case "hide": {
      const person = world.person(step.who);
      person.isVisible = false;
      world.kernel.after(step.forMs, () => {
        person.isVisible = true;
      });
      return;
    }
    case "break":
      world.person(step.who).breakWires();
      return;
    case "swallow":
      return reroute(world, world.person(step.who), "blackHole", step.forMs);
    case "cut":
      return reroute(world, world.person(step.who), "down", step.forMs);
    case "clock":
      return setClock(world, world.person(step.who), step.clock);
    case "full": {
      const person = world.person(step.who);
      person.isFull = true;
      world.kernel.after(step.forMs, () => {
        person.isFull = false;
      });
      return;
    }
    case "relayDies":
      relayDies(world.relay(step.at), step);
      return;
    case "relayWiped": {
      const relay = world.relay(step.at);
      relay.downMs = step.downMs;
      relay.wipe();
      return;
    }
    case "relayFails":
      world.relay(step.at).failDisk(step.forMs);
      return;
    default:
      unreachable(step);
  }
}

function relayDies(
  relay: RelaySite,
  { moment, downMs }: Extract<Step, { readonly do: "relayDies" }>,
): void {
  relay.downMs = downMs;
  if (moment === "now") relay.kill();
  else relay.isDoomed = true;
}

/** In a chat that is there; with whom nobody was introduced there is nothing to write to. */
async function write(world: World, who: Person, to: Person, n: number): Promise<void> {
  const c = await channelWith(world, who, to);
  if (c === undefined) return;
  const text = `${CANARY} ${world.seed}.${n} ${who.name} to ${to.name}`;
  const sent = await who.use((device) => device.send(c, text));
  if (sent?.ok !== true) return;
  world.happened("a message is written");
  if (world.isCutOff(who)) {
    world.happened("a message is written while offline");
  }
}

const EMOJI = ["👍", "🎉"] as const;

/** Something with one of the newest messages, if it is possible. */
async function change(world: World, step: ChangeStep): Promise<void> {
  const [who, to] = [world.person(step.who), world.person(step.to)];
  const c = world.knowsAll(who) ? await channelWith(world, who, to) : undefined;
  if (c === undefined) return;
  const rows = await who.store?.read(["entries"], (tx) =>
    tx.range("entries", "timeline", { lower: [c, 1], upper: [c, 1], reverse: true, limit: 8 }),
  );
  const isOwnOnly = step.deed === "edit" || step.deed === "delete";
  const row = rows?.filter((it) => it.own || !isOwnOnly)[step.back];
  if (row === undefined) return;
  const done = await who.use(({ acts }) => {
    const { id } = row;
    switch (step.deed) {
      case "edit":
        return acts.edit(c, id, `${CANARY} ${world.seed}.${step.n} ${who.name} changes it`);
      case "react":
      case "unreact":
        return acts.react(c, id, EMOJI[step.n % 2] ?? "👍", step.deed === "react");
      case "pin":
      case "unpin":
        return acts.pin(c, id, step.deed === "pin");
      case "star":
        return acts.star(c, id, true);
      case "delete":
        return acts.deleteForAll(c, id);
      default:
        return unreachable(step.deed);
    }
  });
  if (done?.ok === true) world.happened(`a message changes: ${step.deed}`);
}

async function readAll(world: World, who: Person): Promise<void> {
  const channels = await who.store?.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  for (const { c, unread } of channels ?? []) {
    if (c === undefined) continue;
    if (unread > 0) world.happened("messages are read");
    await who.use((device) => device.markRead(c));
  }
}

async function type(world: World, who: Person, to: Person): Promise<void> {
  const c = await channelWith(world, who, to);
  if (c !== undefined) await who.use(async (device) => device.typing(c));
}

/** The chat of two people; of one person's devices "Note to self". */
export async function channelWith(
  world: World,
  who: Person,
  to: Person,
): Promise<number | undefined> {
  const account = world.witness.accountOf(to.name);
  const channels = await who.store?.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const isChat = ({ kind }: ChannelRow): boolean => kind === "dm" || kind === "self";
  return channels?.find((it) => it.account === account && isChat(it))?.c;
}

function reroute(world: World, who: Person, route: "blackHole" | "down", forMs: number): void {
  who.route = route;
  world.kernel.after(forMs, () => {
    who.route = "up";
  });
}

export function setClock(world: World, who: Person, clock: Clock): void {
  const setAtMs = world.kernel.now();
  switch (clock.type) {
    case "skewed":
      who.skewMs = () => clock.byMs;
      return;
    case "set":
      world.happened("a clock is set to 1970 or 2038");
      who.skewMs = () => clock.toMs - setAtMs;
      return;
    case "frozen":
      who.skewMs = () => setAtMs - world.kernel.now();
      return;
    default:
      unreachable(clock);
  }
}
