/** What must be true when it has become quiet: the end-to-end promises. */
import type { OutboxRow } from "../../sync/store/rows.ts";
import { type Chat, chatsOf, wrongBetween, wrongIn as wrongInChat } from "./chat-verdict.ts";
import { wrongInEnds } from "./end-verdict.ts";
import { wrongInGroups } from "./group-verdict.ts";
import type { Person } from "./person.ts";
import { unfetchedIn } from "./unfetched.ts";
import type { World } from "./world.ts";

/**
 * From the last fault to the moment when everything must be in order, in virtual time. A connection that
 * failed often is tried again after up to a minute (session/backoff.ts), must then be open, and
 * receipts, the outbox and healing come behind it.
 */
const PATIENCE_MS = 150_000;
/** Who was refused tries again after up to five minutes (outbox/attempts.ts, receipt-sender.ts). */
const REFUSED_PATIENCE_MS = 400_000;
/** For what opens an envelope its author is asked eight times, in about 20 minutes (heal/asked.ts). */
export const UNOPENED_PATIENCE_MS = 1_500_000;

export type Wrong = {
  readonly what: string;
  /** How long after the last fault it may be so. */
  readonly patienceMs: number;
};

/** Null: everything is as it must be. Else what is not yet, or never will be. */
export async function wrongIn(world: World): Promise<Wrong | null> {
  const what = await whatIsWrong(world);
  if (what === null) return null;
  // Once there is a long pause, what it puts off comes behind it.
  world.slowestMs = Math.max(world.slowestMs, patienceFor(world, what));
  return { what, patienceMs: world.slowestMs };
}

function patienceFor({ people, witness, areRelaysHonest }: World, what: string): number {
  if (areRelaysHonest && people.some(({ name }) => witness.holdsBack(name) > 0))
    return UNOPENED_PATIENCE_MS;
  const isRefused = people.some(({ name }) => witness.outboxOf(name).some((it) => it.isRefused));
  return isRefused || what.includes(UNTOLD) ? REFUSED_PATIENCE_MS : PATIENCE_MS;
}

const UNTOLD = "news that nobody was told";

async function whatIsWrong(world: World): Promise<string | null> {
  if (world.wishes > 0) return "[INV11] somebody still waits for an invite, a link or a group";
  let kept = 0;
  for (const { relay } of world.relays) {
    const totals = relay?.status();
    if (totals === undefined) return "[INV11] a relay is down";
    kept += totals.messages;
  }
  const left = kept === 0 ? 0 : kept - (await unfetchedIn(world));
  if (left > 0) return `[INV13] ${left} messages are left at relays`;
  for (const person of world.present) {
    const wrong = wrongAt(world, person);
    if (wrong !== null) return wrong;
  }
  const unfiled = wrongInFiles(world);
  if (unfiled !== null) return unfiled;
  return await wrongInChats(world);
}

/** What was found wrong in chats after so many commits: without another one it is so still. */
const found = new WeakMap<World, { readonly commits: string; readonly what: string | null }>();

async function wrongInChats(world: World): Promise<string | null> {
  const commits = `${world.witness.commits} ${world.isOut.size}`;
  const before = found.get(world);
  if (before?.commits === commits) return before.what;
  const chats = await Promise.all(world.present.map((it) => chatsOf(world, it)));
  const what =
    wrongAmong(world, chats.flat()) ??
    wrongInGroups(world, chats.flat()) ??
    (await wrongInEnds(world, chats.flat()));
  found.set(world, { commits, what });
  return what;
}

/** Who came back by a file has what stood in it. */
function wrongInFiles({ filed, witness }: World): string | null {
  for (const { who, held } of filed) {
    const [missing] = held.difference(witness.heldBy(who));
    if (missing !== undefined) return `[INV23] ${who} lacks ${missing} of their backup file`;
  }
  return null;
}

/** Chats of two, and notes to oneself. */
function wrongAmong(world: World, chats: readonly Chat[]): string | null {
  const untold = chats.find((it) => it.kind === "dm" && it.isUntold && !isToEvicted(world, it));
  if (untold !== undefined) return `[INV14] ${untold.who.name} has ${UNTOLD}`;
  for (const [one, other] of world.acquainted) {
    const devices = world.present.filter((it) => [one.owner, other.owner].includes(it.owner));
    const accounts = new Set([one, other].map((it) => world.witness.accountOf(it.name)));
    for (const who of devices) {
      const chat = chats.find(
        (it) => it.who === who && it.kind === "dm" && accounts.has(it.account),
      );
      if (chat === undefined)
        return `[INV11] ${who.name} lacks a chat of ${one.name} and ${other.name}`;
      if (chat.contact?.state !== "accepted") {
        return `[INV11] in it ${who.name} has somebody who is "${chat.contact?.state ?? "nobody"}"`;
      }
    }
  }
  const shared = Map.groupBy(
    chats.filter((it) => it.kind !== "group"),
    (it) => it.id,
  );
  for (const same of shared.values()) {
    const wrong = wrongInShared(world, same);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** One chat as all its devices have it. */
function wrongInShared(world: World, same: readonly Chat[]): string | null {
  for (const ours of same) {
    const alone = wrongInChat(ours);
    if (alone !== null) return alone;
    for (const theirs of same) {
      const wrong = ours === theirs ? null : wrongBetween(world, ours, theirs);
      if (wrong !== null) return wrong;
    }
  }
  return null;
}

function wrongAt(world: World, person: Person): string | null {
  const { witness } = world;
  const { name, store, connection } = person;
  if (store === undefined || connection !== "connected") return `[INV11] ${name} is ${connection}`;
  const isOwed = (it: OutboxRow): boolean => !isVain(world, it) && !isUnheard(world, name, it);
  const left = world.isHonest(person) ? witness.outboxOf(name).find(isOwed) : undefined;
  if (left !== undefined) return `[INV13] ${name} has an outbox row left: ${describe(left)}`;
  // What a lying relay made up can never be opened; how much of it is kept is bounded ([INV8]).
  const held = world.areRelaysHonest ? witness.holdsBack(name) : 0;
  return held > 0 ? `[INV13] ${name} holds ${held} envelopes that cannot be opened` : null;
}

/** What the only relay lost of the last entry is missed with the next; in the account channel there is none. */
const isUnheard = ({ areRelaysHonest, witness }: World, who: string, { c }: OutboxRow): boolean =>
  !areRelaysHonest && witness.kindOf(who, c) === "account";

/** A relay that lost its store does not know their mailboxes any more, and nobody makes them anew. */
const isToEvicted = ({ evicted, witness }: World, { who, account }: Chat): boolean =>
  evicted.some((it) => it.account === account || it.account === witness.accountOf(who.name));

/**
 * Whoever forked their log may refuse, and be refused, what others wait for; and nobody is told that a
 * device has lost its storage.
 */
const isVain = ({ isHonestDevice, evicted }: World, { targets }: OutboxRow): boolean =>
  targets.every(
    ({ state, device }) =>
      state === "done" || !isHonestDevice(device) || evicted.some((it) => it.device === device),
  );

const describe = ({ what, c, a, s, env, flightTo, attempts, targets }: OutboxRow): string =>
  `${what} ${env.slice(0, 8)} ${c}/${a}/${s} ${targets.map((it) => it.state).join(" ")}` +
  `${flightTo === "" ? "" : " first flight"}, tried ${attempts} times`;
