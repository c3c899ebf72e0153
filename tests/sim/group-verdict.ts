/** What must be true of groups when it is quiet. */
import { toHex } from "../../crypto/base/hex.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { changedOtherwise, type Chat, wrongIn, wrongReceipts } from "./chat-verdict.ts";
import type { World } from "./world.ts";

/** Null: all members agree on who they are, and have what they may read, in one order. */
export function wrongInGroups(world: World, chats: readonly Chat[]): string | null {
  const groups = Map.groupBy(
    chats.filter((it) => it.kind === "group"),
    (it) => it.id,
  );
  for (const same of groups.values()) {
    const wrong = wrongInGroup(world, same);
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongInGroup(world: World, same: readonly Chat[]): string | null {
  const accountOf = ({ who }: Chat): string => world.witness.accountOf(who.name);
  const honest = same.filter(({ who }) => world.isHonest(who));
  const believers = honest.filter((it) =>
    it.roster?.members.some(({ account }) => account === accountOf(it)),
  );
  const [first] = believers;
  if (first?.roster === undefined) return null;
  const { title, members } = first.roster;
  for (const chat of believers) {
    const { roster, who, outcome } = chat;
    if (outcome !== first.outcome) {
      return `[INV19] ${first.who.name} and ${who.name} have different rosters`;
    }
    if (roster?.title !== title) return `[INV19] ${who.name} has another name for the group`;
    // Who is alone in it has nobody to ask for what those named who are out.
    const isWaiting = roster.isBehind || roster.waits.length > 0;
    if (isWaiting && believers.length > 1) {
      return `[INV19] ${who.name} waits for ops of the group`;
    }
  }
  const absent = world.present
    .filter(world.isHonest)
    .find(
      (it) =>
        members.some(({ account }) => account === world.witness.accountOf(it.name)) &&
        !believers.some(({ who }) => who === it),
    );
  if (absent !== undefined) return `[INV19] ${absent.name} does not know that they are in a group`;
  return wrongAmong(world, believers);
}

function wrongAmong(world: World, believers: readonly Chat[]): string | null {
  const placeById = new Map<string, readonly [number, number, number]>();
  for (const { timeline } of believers) {
    for (const row of messagesIn(timeline)) placeById.set(row.id, [row.h, row.b, row.s]);
  }
  const order = [...placeById]
    .toSorted(([, a], [, b]) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])
    .map(([id]) => id);
  const forked = believers.filter((it) => !wasOut(world, it));
  for (const ours of forked.slice(1)) {
    // Both halves of a fork are out everywhere, whichever came first.
    const [a, b] = [ours, forked[0] ?? ours].map((it) => messagesIn(it.ofLiars).map(hashOf).join());
    if (a !== b) return `[INV21] ${ours.who.name} hears something else of who forks their log`;
  }
  for (const ours of believers) {
    const alone = wrongIn(ours);
    if (alone !== null) return alone;
    const shown = messagesIn(ours.timeline).map((it) => it.id);
    const isHere = new Set(shown);
    if (shown.join() !== order.filter((id) => isHere.has(id)).join()) {
      return `[INV12] ${ours.who.name} has another order in the group`;
    }
    const missing = wasOut(world, ours) ? undefined : order.find((id) => !isHere.has(id));
    if (missing !== undefined) return `[INV11] ${ours.who.name} lacks ${missing} in the group`;
    for (const theirs of believers) {
      if (theirs === ours) continue;
      const wrong = changedOtherwise(world, ours, theirs) ?? wrongReceipts(world, ours, theirs);
      if (wrong !== null) return wrong;
    }
  }
  return null;
}

/** What counts, and was said by people. */
const messagesIn = (timeline: Chat["timeline"]): Chat["timeline"] =>
  timeline.filter((it) => it.kind === KINDS.message.number && it.counts === undefined);

const hashOf = ({ hash }: Chat["timeline"][number]): string => toHex(hash);

/** Did they come later, or go in between? Then they may lack what was written meanwhile. */
function wasOut({ witness }: World, { who, id }: Chat): boolean {
  return witness.cameOrWent(id, witness.accountOf(who.name));
}
