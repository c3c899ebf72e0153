/**
 * A contact who lies: from their device comes an entry that is well made in everything but the
 * signature. All that carries it is real.
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { SIGN_SEED_BYTES, signKeyPairOf } from "../../crypto/sign.ts";
import { readSelf } from "../../sync/account/self.ts";
import { numbered } from "../../sync/channel/channels.ts";
import { encodeMessage } from "../../sync/entry/bodies.ts";
import { decodeEntry, SALT_BYTES, signEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { maxKnown } from "../../sync/log/known.ts";
import { sendControl } from "../../sync/outbox/control.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import type { WriteTx } from "../../sync/store/store.ts";
import { CANARY, type Person } from "./person.ts";
import type { World } from "./world.ts";

const TABLES = ["meta", "channels", "logs", "entries", "devices", "sessions", "outbox"] as const;

export async function forgeEntry(
  world: World,
  who: Person,
  to: Person,
  as: "me" | "them",
): Promise<void> {
  const chance = world.chance(`forged by ${who.name}`);
  const mine = world.witness.accountOf(who.name);
  const theirs = world.witness.accountOf(to.name);
  const isSent = await who.store
    ?.write(TABLES, async (tx) => {
      const self = await readSelf(tx);
      const [device] = await tx.range("devices", "account", { lower: theirs, upper: theirs });
      const channel = (await tx.range("channels", "primary", {})).find(
        (it) => it.account === theirs,
      );
      const author = as === "me" ? mine : theirs;
      const entry = await entryOf(tx, channel?.c, author, chance.bytes);
      if (self === undefined || device === undefined || entry === undefined) return false;
      const payloads = [encodePayload("entries", { entries: [entry] })];
      const at = { nowMs: world.kernel.now(), random: chance.bytes };
      return await sendControl(tx, { self, device, payloads, before: null, psk: null, ...at });
    })
    .catch(() => false);
  if (isSent !== true) return;
  world.happened("an entry is forged");
  // Only what the app does wakes the outbox: this was done behind its back.
  await who.use(async (device) => device.network(true));
}

/** The next entry of a log of `author` in channel `c`, by somebody who lacks their key. */
async function entryOf(
  tx: WriteTx,
  c: number | undefined,
  author: string,
  random: Random,
): Promise<Uint8Array | undefined> {
  const logs = await tx.range("logs", "primary", {});
  const found = logs.findLast(
    (it) => it.c === c && it.account === author && maxKnown(it.known) > 0,
  );
  const log = found && numbered(found, "a");
  const head = log && (await tx.get("entries", [log.c, log.a, maxKnown(log.known)]));
  const last = head && decodeEntry(head.bytes);
  if (head === undefined || last?.ok !== true) return undefined;
  const { core } = last.value;
  const draft = {
    ...core,
    seq: core.seq + 1,
    prev: head.hash,
    hlc: core.hlc + 1,
    kind: KINDS.message.number,
    deps: [],
    floor: head.h,
  };
  const body = encodeMessage({ text: `${CANARY} forged ${toHex(random(4))}` });
  const { secretKey } = signKeyPairOf(random(SIGN_SEED_BYTES));
  return signEntry(draft, body, random(SALT_BYTES), secretKey).bytes;
}
