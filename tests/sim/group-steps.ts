/** What people do with the group of a world. What the roster does not allow is refused, and nothing happens. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Result } from "../../crypto/base/result.ts";
import type { Device } from "../../sync/device.ts";
import type { GroupError } from "../../sync/group/acts.ts";
import { CANARY, type Person } from "./person.ts";
import type { Policy, Step } from "./plan.ts";
import type { World } from "./world.ts";

type TurnStep = Extract<Step, { readonly do: "turn" }>;

/** A person who was told "not now" tries again. */
const TRY_AGAIN_MS = 2_000;

/** With everybody whom they have as a contact, once they have one at all. */
export async function found(world: World, who: Person, policy: Policy): Promise<void> {
  world.wishes += 1;
  for (;;) {
    const contacts = await who.store?.read(["contacts"], (tx) =>
      tx.range("contacts", "primary", {}),
    );
    const accounts =
      contacts?.filter((it) => it.state === "accepted").map((it) => it.account) ?? [];
    const name = `${CANARY} hut`;
    const made =
      accounts.length === 0
        ? undefined
        : await who.use(({ groups }) => groups.create(name, accounts, policy));
    if (made?.ok === true) break;
    await world.sleep(TRY_AGAIN_MS);
  }
  world.happened("a group is made");
  world.wishes -= 1;
}

/** Its number with `who`; undefined: they have none. */
export async function groupOf({ store }: Person): Promise<number | undefined> {
  const channels = await store?.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const groups = channels?.filter((it) => it.kind === "group") ?? [];
  return groups.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]?.c;
}

export async function say(world: World, who: Person, n: number): Promise<void> {
  const c = await groupOf(who);
  if (c === undefined) return;
  const text = `${CANARY} ${world.seed}.${n} ${who.name} to the group`;
  const sent = await who.use((device) => device.send(c, text));
  if (sent?.ok === true) world.happened("a message is written to a group");
}

export async function turn(world: World, step: TurnStep): Promise<void> {
  const [who, whom] = [world.person(step.who), world.person(step.whom)];
  const c = await groupOf(who);
  const account = world.witness.accountOf(whom.name);
  if (c === undefined || account === "") return;
  const done = await who.use((device) => turned(device, c, account, step));
  if (done?.ok !== true) return;
  world.happened(`a group turns: ${step.turn}`);
  if (world.isCutOff(who)) world.happened("a group turns while offline");
}

function turned(
  { groups }: Device,
  c: number,
  account: string,
  { turn: what, n }: TurnStep,
): Promise<Result<void, GroupError>> {
  switch (what) {
    case "add":
      return groups.add(c, account, n % 2 === 0 ? "admin" : "member");
    case "remove":
      return groups.remove(c, account);
    case "promote":
      return groups.setRole(c, account, n % 3 === 0 ? "owner" : "admin");
    case "demote":
      return groups.setRole(c, account, "member");
    case "leave":
      return groups.leave(c);
    case "rename":
      return groups.describe(c, { title: `${CANARY} hut ${n}` });
    default:
      return unreachable(what);
  }
}
