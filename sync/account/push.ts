/**
 * How this device wants to be woken: what the app got from the browser, kept until our home relay knows,
 * and told again once a day, because a relay forgets a subscription that a push service called gone.
 * docs/protocol/sync.md, rules [UP9] and [UP10].
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import type { Timers } from "../clock/timers.ts";
import { isWithin } from "../clock/within.ts";
import type { Lane } from "../lane.ts";
import { isProblem, type RelayError, type RelayHttp } from "../session/relay-http.ts";
import type { MetaRow, TableName } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import type { PutPush } from "../wire/http.ts";

export const PUSH_TABLES: readonly TableName[] = ["meta", "mailboxes"];

const PUSH = "push";
const PUSH_RENEW_MS = 86_400_000;

type PushDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly homeUrl: string;
};

/** Null: not at all. The relay is to hear of it. */
export async function keepPush(tx: WriteTx, url: string, wanted: PutPush | null): Promise<void> {
  await tx.put("meta", { k: PUSH, v: wanted });
  const row = await tx.get("mailboxes", url);
  if (row !== undefined) await tx.put("mailboxes", { ...row, pushToldAtMs: 0 });
}

export async function tellPush(deps: PushDeps, http: RelayHttp): Promise<Result<void, RelayError>> {
  const { store, lane, timers, homeUrl } = deps;
  const nowMs = timers.now();
  const [kept, row] = await store.read(PUSH_TABLES, async (tx) => [
    await readPush(tx),
    await tx.get("mailboxes", homeUrl),
  ]);
  if (kept === undefined || row === undefined) return ok(undefined);
  const wanted = kept.v as PutPush | null;
  const toldAtMs = row.pushToldAtMs ?? 0;
  const isTold = wanted === null ? toldAtMs > 0 : isWithin(toldAtMs, nowMs, PUSH_RENEW_MS);
  if (isTold) return ok(undefined);
  const told = wanted === null ? await http.deletePush() : await http.putPush(wanted);
  // A relay that does not push there, or not at all, is no reason to stop telling it the rest.
  const isRefused = !told.ok && REFUSALS.some((problem) => isProblem(told.error, problem));
  if (!told.ok && !isRefused) return told;
  await lane.run(() =>
    store.write(PUSH_TABLES, async (tx) => {
      const [now, fresh] = [await readPush(tx), await tx.get("mailboxes", homeUrl)];
      const isSame = JSON.stringify(now?.v) === JSON.stringify(wanted);
      if (fresh !== undefined && isSame) {
        await tx.put("mailboxes", { ...fresh, pushToldAtMs: nowMs });
      }
    }),
  );
  return ok(undefined);
}

const REFUSALS = ["EndpointRefused", "BodyMalformed", "NotFound", "MethodNotAllowed"] as const;

const readPush = (tx: ReadTx): Promise<MetaRow | undefined> => tx.get("meta", PUSH);
