/**
 * A batch from our mailbox: opened, checked and committed in one strict transaction, and only then
 * acknowledged, because the relay deletes what is acknowledged. docs/protocol/sync.md, rules
 * [RX1], [RX7] and [RX8].
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import type { Timers } from "../clock/timers.ts";
import { ROSTER_TABLES } from "../group/rosters.ts";
import { remembering } from "../store/remembering.ts";
import type { TableName } from "../store/rows.ts";
import { type Store, StorageError } from "../store/store.ts";
import type { MsgFrame } from "../wire/message-frames.ts";
import { type Effects, heldBack } from "./effects.ts";
import { hold, POISON_TAG } from "./held.ts";
import { takeArrival } from "./open-envelope.ts";

/** An envelope that made us fail so often is put aside, acknowledged, and the queue goes on. */
export const STRIKES_MAX = 3;

export const RECEIVE_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "invites",
  "contacts",
  "devices",
  "sessions",
  "ownChains",
  "peerChains",
  "prekeys",
  "seen",
  "held",
  "channels",
  "logs",
  "entries",
  "cursors",
  "outbox",
  "aggregates",
  "healed",
  "expiry",
  "media",
  "chatMarks",
  "yups",
  ...ROSTER_TABLES,
];

export type ReceiveDeps = {
  readonly store: Store;
  readonly timers: Timers;
  readonly random: Random;
  readonly effects: Effects;
  /** A contradiction of our own, which made an envelope poison. */
  readonly failed: (error: unknown) => void;
};

/**
 * Ids to acknowledge: everything of the batch, committed. A `StorageError` comes through: then nothing
 * of the batch was kept, nothing may be acknowledged, and the relay sends it again.
 */
export async function receiveBatch(
  deps: ReceiveDeps,
  self: Self,
  batch: readonly MsgFrame[],
): Promise<readonly number[]> {
  try {
    await receiveTogether(deps, self, batch);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    for (const frame of batch) await receiveAlone(deps, self, frame);
  }
  return batch.filter((it) => !it.isEphemeral).map((it) => it.id);
}

async function receiveTogether(
  deps: ReceiveDeps,
  self: Self,
  batch: readonly MsgFrame[],
): Promise<void> {
  const held = heldBack(deps.effects);
  const context = {
    self,
    nowMs: deps.timers.now(),
    random: deps.random,
    effects: held.effects,
  };
  await deps.store.write(RECEIVE_TABLES, (inner) =>
    remembering(inner, async (tx) => {
      // One wait for all of them: each is asked for again when its turn comes.
      await Promise.all(batch.map((frame) => tx.get("seen", toHex(frame.envelope))));
      for (const frame of batch) {
        await takeArrival(tx, context, {
          env: frame.envelope,
          label: frame.label,
          isEphemeral: frame.isEphemeral,
          body: frame.body,
        });
      }
    }),
  );
  held.release();
}

/** Poison rule: what throws is tried again alone, then kept under a name that nothing opens. */
async function receiveAlone(deps: ReceiveDeps, self: Self, frame: MsgFrame): Promise<void> {
  let bug: unknown;
  for (let strike = 1; strike <= STRIKES_MAX; strike += 1) {
    try {
      await receiveTogether(deps, self, [frame]);
      return;
    } catch (error) {
      if (error instanceof StorageError) throw error;
      bug = error;
    }
  }
  const env = toHex(frame.envelope);
  const nowMs = deps.timers.now();
  await deps.store.write(["held", "seen"], async (tx) => {
    const label = toHex(frame.label);
    await hold(tx, { env, tag: POISON_TAG, label, body: frame.body.slice(), atMs: nowMs });
    await tx.put("seen", { id: env, atMs: nowMs, c: 0 });
  });
  deps.effects.dropped("poison");
  deps.failed(bug);
}
