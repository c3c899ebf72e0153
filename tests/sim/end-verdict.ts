/** What must be true of the logs of devices that are out of their account, when it is quiet. */
import { toHex } from "../../crypto/base/hex.ts";
import { endsOf } from "../../sync/devices/closed.ts";
import type { Chat } from "./chat-verdict.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

/**
 * Null: each log that was put out ends somewhere for who has it, at one entry for all, up to which all hear the same,
 * and counts no further.
 */
export async function wrongInEnds(world: World, chats: readonly Chat[]): Promise<string | null> {
  const endByLog = new Map<string, string>();
  const heardAt = new Map<string, string>();
  for (const who of world.present) {
    const wrong = await wrongAt(
      world,
      who,
      chats.filter((it) => it.who === who),
      { endByLog, heardAt },
    );
    if (wrong !== null) return wrong;
  }
  return null;
}

/** What was found of others: ends by log, and ids of what is heard by log and number. */
type Found = {
  readonly endByLog: Map<string, string>;
  readonly heardAt: Map<string, string>;
};

async function wrongAt(
  { putOut, witness }: World,
  who: Person,
  chats: readonly Chat[],
  { endByLog, heardAt }: Found,
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
      const ours = `${end.seq} ${end.hash}`;
      const theirs = endByLog.get(log) ?? ours;
      if (theirs !== ours) return `[INV22] ${log} ends at ${theirs}, for ${who.name} at ${ours}`;
      endByLog.set(log, ours);
      for (const { s, hash, counts } of timeline.filter((it) => it.a === a)) {
        if (s > end.seq && counts !== "no")
          return `[INV22] ${who.name} hears ${s} of ${log}, behind its end`;
        const place = `${log} ${s}`;
        const heard = heardAt.get(place) ?? toHex(hash);
        if (counts === undefined && heard !== toHex(hash))
          return `[INV22] ${who.name} hears something else at ${s} of ${log} than others`;
        if (counts === undefined) heardAt.set(place, heard);
      }
    }
  }
  return null;
}
