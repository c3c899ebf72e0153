/** Messages ready to be delivered: appended and sealed as the outbox does it, without sending. */
import { systemRandom } from "../../app/engine/system.ts";
import { assert } from "../../crypto/base/assert.ts";
import { fromHex } from "../../crypto/base/hex.ts";
import { appendMessage } from "../../sync/channel/append.ts";
import { channelOf } from "../../sync/channel/channels.ts";
import { SEAL_TABLES, sealRow } from "../../sync/outbox/seal.ts";
import type { OutboxRow, TableName } from "../../sync/store/rows.ts";
import type { WriteTx } from "../../sync/store/store.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { MsgFrame } from "../../sync/wire/message-frames.ts";
import type { Side } from "./history.ts";

/** Messages in one round of the outbox. */
const ROUND = 64;
const TABLES: readonly TableName[] = [...SEAL_TABLES, "logs"];
/** What sender chains and sessions open does not hang on the token that it came under. */
const ANY_LABEL = idOf("Label", new Uint8Array(4));

/**
 * `count` messages from `side` to the other one in the chat, oldest first, and before them the chains
 * that open them. Its device is idle, and nothing waits in its outbox.
 */
export async function writeMail(side: Side, count: number): Promise<readonly MsgFrame[]> {
  const parcels: OutboxRow[] = [];
  for (let at = 0; at < count; at += ROUND) {
    const messages = Math.min(ROUND, count - at);
    parcels.push(...(await side.store.write(TABLES, (tx) => writeRound(tx, side, messages))));
  }
  return parcels.map(({ env, body }, i) => {
    const envelope = fromHex(env);
    assert(envelope.ok && body !== null, "a sealed parcel");
    return {
      type: "msg",
      mailboxIndex: 0,
      id: i + 1,
      counter: i + 1,
      isEphemeral: false,
      isUrgent: true,
      isSlot: false,
      label: ANY_LABEL,
      envelope: idOf("EnvelopeId", envelope.value),
      body,
    };
  });
}

/** Takes out of the outbox what it has put in. */
async function writeRound(
  tx: WriteTx,
  { self, c }: Side,
  messages: number,
): Promise<readonly OutboxRow[]> {
  const effects = { upkeep: () => undefined };
  const context = { self, nowMs: Date.now(), random: systemRandom, effects };
  for (let i = 0; i < messages; i++) {
    const channel = await channelOf(tx, c);
    assert(channel !== undefined, "they have that chat");
    const text = "The lighthouse is ten steps away, and the wind is still rising.";
    await appendMessage(tx, { ...context, channel, text });
  }
  for (const row of await tx.range("outbox", "primary", {})) await sealRow(tx, context, row);
  const parcels = await tx.range("outbox", "primary", {});
  for (const { n } of parcels) await tx.delete("outbox", n ?? 0);
  const order = ({ what }: OutboxRow): number => (what === "control" ? 0 : 1);
  return parcels.toSorted((a, b) => order(a) - order(b));
}
