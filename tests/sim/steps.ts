/** Doing what a plan says: people's wishes, and what goes wrong meanwhile. */
import { unreachable } from "../../crypto/base/assert.ts";
import { forgeEntry } from "./forge.ts";
import { CANARY, type Person } from "./person.ts";
import type { Clock, Step } from "./plan.ts";
import type { World } from "./world.ts";

type ChangeStep = Extract<Step, { readonly do: "change" }>;

/** A person who was told "not now" tries again. */
const TRY_AGAIN_MS = 2_000;

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
    case "forge":
      return await forgeEntry(world, world.person(step.who), world.person(step.to), step.as);
    case "die": {
      const person = world.person(step.who);
      person.downMs = step.downMs;
      if (step.moment === "now") person.die("now");
      else person.doom(step.moment, step.after);
      return;
    }
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
      world.relayDownMs = step.downMs;
      if (step.moment === "now") world.killRelay();
      else world.isRelayDoomed = true;
      return;
    case "relayWiped":
      world.relayDownMs = step.downMs;
      world.wipeRelay();
      return;
    case "relayFails":
      world.failDisk(step.forMs);
      return;
    default:
      unreachable(step);
  }
}

/** In a chat that is there; with whom nobody was introduced there is nothing to write to. */
async function write(world: World, who: Person, to: Person, n: number): Promise<void> {
  const c = await channelWith(world, who, to);
  if (c === undefined) return;
  const text = `${CANARY} ${world.seed}.${n} ${who.name} to ${to.name}`;
  const sent = await who.use((device) => device.send(c, text));
  if (sent?.ok !== true) return;
  world.happened("a message is written");
  if (who.isOffline || world.node.door === undefined) {
    world.happened("a message is written while offline");
  }
}

const EMOJI = ["👍", "🎉"] as const;

/** Something with one of the newest messages, if it is possible. */
async function change(world: World, step: ChangeStep): Promise<void> {
  const [who, to] = [world.person(step.who), world.person(step.to)];
  const c = await channelWith(world, who, to);
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

/** `who` uses an invite of `to`, who may be away by then. Nobody gives up. */
async function meet(
  world: World,
  step: { readonly who: number; readonly to: number; readonly isAlone: boolean },
): Promise<void> {
  const [who, inviter] = [world.person(step.who), world.person(step.to)];
  world.wishes += 1;
  let link = await linkOf(world, inviter);
  if (step.isAlone) inviter.die("now");
  for (;;) {
    const used = link;
    const met = await who.use((device) => device.acceptInvite(used));
    if (met?.ok === true) break;
    await who.use((device) => device.start(`${CANARY} ${who.name}`));
    await world.sleep(TRY_AGAIN_MS);
    if (met?.error.type !== "LinkExpired") continue;
    // A clock is years off, and both apps say so: people set it and begin again.
    for (const person of [who, inviter]) person.skewMs = () => 0;
    link = await linkOf(world, inviter);
  }
  if (!inviter.isUp) world.happened("an invite is accepted while the inviter is away");
  await welcome(world, inviter, who);
  world.meet(who, inviter);
  world.wishes -= 1;
}

/** A link that works. */
async function linkOf(world: World, inviter: Person): Promise<string> {
  for (;;) {
    const made = await inviter.use((device) => device.invite());
    if (made?.ok === true && made.value.published) return made.value.link;
    await inviter.use((device) => device.start(`${CANARY} ${inviter.name}`));
    await world.sleep(TRY_AGAIN_MS);
  }
}

/** A second one who used the same link has to be let in. */
async function welcome(world: World, inviter: Person, who: Person): Promise<void> {
  for (;;) {
    const account = world.witness.accountOf(who.name);
    const contact = await inviter.store?.read(["contacts"], (tx) => tx.get("contacts", account));
    if (contact?.state === "accepted") return;
    if (contact?.state === "request") {
      world.happened("a second person uses an invite");
      await inviter.use((device) => device.decide(account, "accept"));
    }
    await world.sleep(TRY_AGAIN_MS);
  }
}

export async function channelWith(
  world: World,
  who: Person,
  to: Person,
): Promise<number | undefined> {
  const account = world.witness.accountOf(to.name);
  const channels = await who.store?.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  return channels?.find((it) => it.account === account)?.c;
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
