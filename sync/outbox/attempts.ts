/** What relays answered, written down: who has it now, and when to try the others again. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Timers } from "../clock/timers.ts";
import { addKnown } from "../log/known.ts";
import type { OutboxRow, Target } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import type { PutStatus } from "../wire/ok-frame.ts";
import { type Answers, isElsewhere, noteAnswers, tellsWhere } from "./denials.ts";
import { hurryRefused, QUOTA_RETRY_MAX_MS } from "./resend.ts";
import { dueNow, isSent, putOutbox, withTargets } from "./targets.ts";

/** First and longest pause after a refusal; the pauses double, with jitter. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_MAX_MS = 300_000;

export type Verdict =
  | {
      readonly type: "answered";
      readonly statuses: readonly { readonly device: string; readonly status: PutStatus }[];
      readonly storeInc: string;
    }
  /** No word: it may be stored or not. Tried again when the relay is reached again. */
  | { readonly type: "down" }
  | { readonly type: "busy"; readonly retryAfterMs: number }
  | { readonly type: "tooLarge" };

/** `env`: of the body that was sent; the row may have another by now. */
export type Attempt = {
  readonly n: number;
  readonly env: Hex;
  readonly url: string;
  readonly verdict: Verdict;
};

export type AttemptDeps = {
  readonly store: Store;
  readonly timers: Timers;
  readonly random: Random;
};

/** `slowed`: devices that were refused something lately. `lost`: so many more are not where we know them. */
export async function recordAttempts(
  deps: AttemptDeps,
  attempts: readonly Attempt[],
  slowed: (device: Hex) => boolean = () => false,
): Promise<{ readonly lost: number }> {
  // One jitter for all of them: what was written together stays in its order.
  const jitter = 0.5 + (deps.random(1)[0] ?? 0) / 510;
  const context = { nowMs: deps.timers.now(), jitter };
  return await deps.store.write(["outbox", "logs", "devices", "contacts"], async (tx) => {
    for (const attempt of attempts) {
      const row = await tx.get("outbox", attempt.n);
      if (row === undefined || row.env !== attempt.env) continue;
      if (await isForNobody(tx, row, attempt)) {
        await tx.delete("outbox", attempt.n);
        continue;
      }
      const next = rowAfter(row, attempt, context);
      await putOutbox(tx, next);
      if (next.what === "entry") await markSent(tx, next);
    }
    const lost = await noteAnswers(tx, answersIn(attempts), context.nowMs);
    const open = new Set(attempts.flatMap(takenBy).filter(slowed));
    if (open.size > 0) await hurryRefused(tx, open, context.nowMs);
    return { lost };
  });
}

/** A device that is out of its account was to hear of it, and is nowhere any more. Rule [OD3]. */
async function isForNobody(
  tx: ReadTx,
  { what, to }: OutboxRow,
  { verdict }: Attempt,
): Promise<boolean> {
  const isNowhere =
    verdict.type === "answered" && verdict.statuses.some(({ status }) => isElsewhere(status));
  if (!isNowhere || what !== "control" || to === undefined || to === "") return false;
  const device = await tx.get("devices", to);
  const contact = device && (await tx.get("contacts", device.account));
  return contact !== undefined && !contact.live.includes(to);
}

function answersIn(attempts: readonly Attempt[]): Answers {
  const all = attempts.flatMap(({ verdict }) =>
    verdict.type === "answered" ? verdict.statuses : [],
  );
  const telling = all.filter(({ status }) => tellsWhere(status));
  return new Map(telling.map(({ device, status }) => [device, status]));
}

/** Devices whose mailbox took it. */
const takenBy = ({ verdict }: Attempt): readonly Hex[] =>
  verdict.type === "answered"
    ? verdict.statuses.filter((it) => it.status.status === "stored").map((it) => it.device)
    : [];

/** "Sent": durable at a relay for every device of others that is to have it. */
export async function markSent(tx: WriteTx, row: Pick<OutboxRow, "c" | "a" | "s">): Promise<void> {
  const place = [row.c, row.a, row.s];
  const rows = await tx.range("outbox", "entry", { lower: place, upper: place });
  // Devices that could not be handed the chain have a row of their own.
  if (rows.some((it) => it.what === "entry" && !isSent(it))) return;
  const log = await tx.get("logs", row.a);
  if (log !== undefined) await tx.put("logs", { ...log, sent: addKnown(log.sent, row.s) });
}

/** `jitter`: 0.5 to 1, a factor of all pauses. */
type RetryContext = { readonly nowMs: number; readonly jitter: number };

function rowAfter(row: OutboxRow, { url, verdict }: Attempt, context: RetryContext): OutboxRow {
  switch (verdict.type) {
    case "answered": {
      const statusOf = (target: Target): PutStatus | undefined =>
        verdict.statuses.find((it) => it.device === target.device)?.status;
      const { storeInc } = verdict;
      const next = withTargets(row, (target) => {
        const status = statusOf(target)?.status;
        const isStored = status === "stored" || status === "duplicate";
        if (!isStored || target.state !== "pending") return target;
        const isEnough = isRelaysWordEnough(row) || target.isLast === true;
        const state = isEnough ? "done" : "stored";
        return { ...target, state, url, storeInc, storedAtMs: context.nowMs };
      });
      if (next.waiting === 0) return dueNow(next);
      const pauses = verdict.statuses.map(({ status }) => pauseOf(status, row.attempts));
      const isRefused = verdict.statuses.some(({ status }) => isNo(status));
      const mayPass = !verdict.statuses.some(({ status }) => isAboutBytes(status));
      return { ...putOff(next, Math.max(...pauses), context), isRefused, mayPass };
    }
    case "down":
      return putOff(row, pauseAfter(row.attempts, RETRY_MAX_MS), context);
    case "busy":
      return { ...row, nextAtMs: context.nowMs + askedPause(verdict.retryAfterMs) };
    case "tooLarge":
      return { ...putOff(row, QUOTA_RETRY_MAX_MS, context), isRefused: true, mayPass: false };
    default:
      return unreachable(verdict);
  }
}

/** Nothing will tell that it arrived, and whoever misses it asks again. */
const isRelaysWordEnough = (row: OutboxRow): boolean =>
  row.isUnconfirmed === true || (row.what === "control" && row.s === 0 && row.flightTo === "");

const putOff = (row: OutboxRow, pauseMs: number, { nowMs, jitter }: RetryContext): OutboxRow => ({
  ...row,
  attempts: row.attempts + 1,
  nextAtMs: nowMs + Math.ceil(pauseMs * jitter),
  isRefused: false,
});

/** It will be the same in a moment, whatever becomes of the connection. */
const isNo = (it: PutStatus): boolean =>
  isElsewhere(it) || it.status === "quota" || isAboutBytes(it);

const isAboutBytes = ({ status }: PutStatus): boolean =>
  status === "tooBig" || status === "badEnvelope";

const pauseAfter = (attempts: number, mostMs: number): number =>
  Math.min(mostMs, RETRY_FIRST_MS * 2 ** Math.min(attempts, 20));

/** A relay may ask for a pause, and not for one that outlasts what it is asked for. */
const askedPause = (retryAfterMs: number): number =>
  Math.min(QUOTA_RETRY_MAX_MS, Math.max(retryAfterMs, RETRY_FIRST_MS));

/** How long the target is left alone, in milliseconds; 0 when it has what it needs. */
function pauseOf(status: PutStatus, attempts: number): number {
  switch (status.status) {
    case "stored":
    case "duplicate":
    case "liveOnly":
      return 0;
    case "busy":
      return askedPause(status.retryAfterMs);
    case "quota":
    case "tooBig":
      return pauseAfter(attempts, QUOTA_RETRY_MAX_MS);
    case "denied":
    case "gone":
    case "badEnvelope":
      return pauseAfter(attempts, RETRY_MAX_MS);
    default:
      return unreachable(status);
  }
}
