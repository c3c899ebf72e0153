/**
 * Which devices are not where their cards say: a relay refuses what is sent there, be it an entry or a receipt.
 * docs/protocol/sync.md, rule [HE17].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import type { Store, WriteTx } from "../store/store.ts";
import type { PutStatus } from "../wire/ok-frame.ts";

/** By device: what its relay said last that tells where it is. */
export type Answers = ReadonlyMap<Hex, PutStatus>;

export type DenialDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  /** One more is not where its card says. */
  readonly lost: () => void;
};

/** No such mailbox there, or none that lets us in: a relay that lost its store knows neither. */
export const isElsewhere = ({ status }: PutStatus): boolean =>
  status === "denied" || status === "gone";

const isThere = ({ status }: PutStatus): boolean => status === "stored" || status === "duplicate";

/** That a mailbox is full, say, tells neither. */
export const tellsWhere = (status: PutStatus): boolean => isElsewhere(status) || isThere(status);

/** Since when devices are not where their cards say. Answers how many more they are. */
export async function noteAnswers(tx: WriteTx, answers: Answers, nowMs: number): Promise<number> {
  let lost = 0;
  for (const [id, status] of answers) {
    const device = await tx.get("devices", id);
    if (device === undefined || !isNews(device, status)) continue;
    const { deniedAtMs: _, ...rest } = device;
    const isLost = isElsewhere(status);
    await tx.put("devices", isLost ? { ...rest, deniedAtMs: nowMs } : rest);
    if (isLost) lost += 1;
  }
  return lost;
}

/** Does it change what is noted of the device? */
export const isNews = (
  { deniedAtMs }: { readonly deniedAtMs?: number },
  status: PutStatus,
): boolean => (deniedAtMs === undefined ? isElsewhere(status) : isThere(status));

/** The same by itself, for answers to what no outbox keeps. */
export async function noteLater(
  { store, lane, timers, lost }: DenialDeps,
  answers: Answers,
): Promise<void> {
  if (answers.size === 0) return;
  const more = await lane.run(() =>
    store.write(["devices"], (tx) => noteAnswers(tx, answers, timers.now())),
  );
  if (more > 0) lost();
}
