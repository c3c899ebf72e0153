/** What people want so much that they try until they have it: each other, and their other device. */
import { INVITE_LIFE_MS } from "../../sync/contact/invites.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

/** A person who was told "not now" tries again. */
const TRY_AGAIN_MS = 2_000;
/** Whoever got no further in so long begins again. */
const LINK_MS_MAX = 30_000;
const LOOK_EVERY_MS = 500;

/** `who` uses an invite of `to`, who may be away by then. Nobody gives up. */
export async function meet(
  world: World,
  step: { readonly who: number; readonly to: number; readonly isAlone: boolean },
): Promise<void> {
  const [who, inviter] = [world.person(step.who), world.person(step.to)];
  world.wishes += 1;
  let invite = await linkOf(world, inviter);
  if (step.isAlone) inviter.die("now");
  for (;;) {
    const used = invite;
    const met = await who.use((device) => device.acceptInvite(used));
    if (met?.ok === true) break;
    await who.start();
    await world.sleep(TRY_AGAIN_MS);
    // A relay that lost it is not told it anew by whose clock it is over.
    const isOver = met?.error.type === "InviteNotFound" && inviter.skewMs() > INVITE_LIFE_MS;
    if (met?.error.type !== "LinkExpired" && !isOver) continue;
    setClocks(who, inviter);
    invite = await linkOf(world, inviter);
  }
  if (!inviter.isUp) world.happened("an invite is accepted while the inviter is away");
  await welcome(world, inviter, who);
  world.meet(who, inviter);
  world.wishes -= 1;
}

/** A clock is hours or years off, and both apps say so: people set it and begin again. */
function setClocks(...people: readonly Person[]): void {
  for (const person of people) person.skewMs = () => 0;
}

/** A link that works. */
async function linkOf(world: World, inviter: Person): Promise<string> {
  for (;;) {
    const made = await inviter.use((device) => device.invite());
    if (made?.ok === true && made.value.published) return made.value.link;
    await inviter.start();
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

/** `to` has no account yet. Nobody gives up, and whoever dies in the middle begins again. */
export async function link(world: World, who: Person, to: Person): Promise<void> {
  world.wishes += 1;
  while (!(await isLinked(world, to))) {
    if (!(await tryLink(world, who, to))) await world.sleep(TRY_AGAIN_MS);
    if (to.linking?.type === "failed" && to.linking.why.type === "DeviceLinkExpired") {
      setClocks(who, to);
    }
  }
  world.happened("a device is linked");
  world.wishes -= 1;
}

const isLinked = async (world: World, { name }: Person): Promise<boolean> =>
  world.witness.accountOf(name) !== "";

/** One try, up to the pictures and through them. False: it came to nothing. */
async function tryLink(world: World, who: Person, to: Person): Promise<boolean> {
  await who.start();
  const shown = await who.use((device) => device.linking.show("Firefox"));
  const code = who.linking;
  if (shown?.ok !== true || code?.type !== "shown") return false;
  const used = await to.use((device) => device.linking.use(code.link, "Firefox"));
  if (used?.ok === false && used.error.type === "DeviceLinkExpired") setClocks(who, to);
  if (used?.ok !== true) return false;
  for (let ms = 0; ms < LINK_MS_MAX; ms += LOOK_EVERY_MS) {
    await world.sleep(LOOK_EVERY_MS);
    const [here, there] = [who.linking?.type, to.linking?.type];
    if (here === "compare" && there === "compare") {
      await who.use(async (device) => device.linking.confirm());
    }
    if (there === "linked") return true;
    if (here === "failed" || there === "failed" || here === undefined || there === undefined) {
      return false;
    }
  }
  return false;
}
