/** What must be true of the logs of devices that are out of their account, when it is quiet. */
import { endsOf } from "../../sync/devices/closed.ts";
import type { Chat } from "./chat-verdict.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

/** Null: each log that was put out ends somewhere for who has it, at one place for all, and counts no further. */
export async function wrongInEnds(world: World, chats: readonly Chat[]): Promise<string | null> {
  const endByLog = new Map<string, number>();
  for (const who of world.present) {
    const wrong = await wrongAt(
      world,
      who,
      chats.filter((it) => it.who === who),
      endByLog,
    );
    if (wrong !== null) return wrong;
  }
  return null;
}

async function wrongAt(
  { putOut, witness }: World,
  who: Person,
  chats: readonly Chat[],
  endByLog: Map<string, number>,
): Promise<string | null> {
  const ends = (await who.store?.read(["meta"], endsOf)) ?? {};
  const out = new Set([...putOut].map(({ name }) => witness.deviceOf(name)));
  for (const { id, kind, logs, timeline } of chats) {
    for (const { a, log, account, known } of logs.filter((it) => out.has(it.device))) {
      // Of which nothing is here nothing need be said.
      if (known.floor === 0 && known.ranges.length === 0) continue;
      const end = ends[log];
      // Whoever went from a group has nobody there to ask, and says nothing there any more.
      const movers = kind === "group" ? [account, witness.accountOf(who.name)] : [];
      if (movers.some((it) => witness.cameOrWent(id, it))) continue;
      if (end === undefined) return `[INV22] ${who.name} does not know where ${log} ends`;
      const theirs = endByLog.get(log) ?? end;
      if (theirs !== end) return `[INV22] ${log} ends at ${theirs}, for ${who.name} at ${end}`;
      endByLog.set(log, end);
      const late = timeline.find((it) => it.a === a && it.s > end && it.counts !== "no");
      if (late !== undefined)
        return `[INV22] ${who.name} hears ${late.id}, behind the end of its log`;
    }
  }
  return null;
}
