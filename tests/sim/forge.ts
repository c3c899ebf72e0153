/**
 * A contact who lies: from their device comes an entry that pretends to be the other one's, well made
 * in everything but the signature. All that carries it is real.
 */
import { toHex } from "../../crypto/base/hex.ts";
import { readSelf } from "../../sync/account/self.ts";
import { bytesOf, numbered } from "../../sync/channel/channels.ts";
import { encodeMessage } from "../../sync/entry/bodies.ts";
import { decodeEntry, SALT_BYTES, signEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { maxKnown } from "../../sync/log/known.ts";
import { sendControl } from "../../sync/outbox/control.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import type { WriteTx } from "../../sync/store/store.ts";
import { CANARY, type Person } from "./person.ts";
import type { World } from "./world.ts";

export async function forgeEntry(world: World, who: Person, to: Person): Promise<void> {
  const chance = world.chance(`forged by ${who.name}`);
  const account = world.witness.accountOf(to.name);
  const tables = ["meta", "channels", "logs", "entries", "devices", "sessions", "outbox"] as const;
  const isSent = await who.store
    ?.write(tables, async (tx) => {
      const self = await readSelf(tx);
      const forged = self && (await entryOf(tx, account, self.keys.sigSecret, chance.bytes));
      const device = forged && (await tx.get("devices", forged.device));
      if (self === undefined || device === undefined) return false;
      const payloads = [encodePayload("entries", { entries: [forged.bytes] })];
      const nowMs = world.kernel.now();
      const random = chance.bytes;
      return await sendControl(tx, {
        self,
        device,
        payloads,
        before: null,
        psk: null,
        nowMs,
        random,
      });
    })
    .catch(() => false);
  if (isSent !== true) return;
  world.happened("an entry is forged");
  // Only what the app does wakes the outbox: this was done behind its back.
  await who.use(async (device) => device.network(true));
}

/** The next entry of a log of `account`, signed with the wrong key. */
async function entryOf(
  tx: WriteTx,
  account: string,
  key: Uint8Array,
  random: (bytes: number) => Uint8Array,
): Promise<{ readonly device: string; readonly bytes: Uint8Array } | undefined> {
  const logs = await tx.range("logs", "primary", {});
  const found = logs.find((it) => it.account === account && maxKnown(it.known) > 0);
  const log = found && numbered(found, "a");
  const head = log && (await tx.get("entries", [log.c, log.a, maxKnown(log.known)]));
  const last = head && decodeEntry(head.bytes);
  if (log === undefined || last === undefined || !last.ok) return undefined;
  const { core, coreBytes: _ } = last.value;
  const draft = {
    ...core,
    log: bytesOf(log.log),
    seq: core.seq + 1,
    prev: head?.hash ?? null,
    hlc: core.hlc + 1,
    kind: KINDS.message.number,
    deps: [],
    floor: head?.h ?? 1,
  };
  const body = encodeMessage({ text: `${CANARY} forged ${toHex(random(4))}` });
  return { device: log.device, bytes: signEntry(draft, body, random(SALT_BYTES), key).bytes };
}
