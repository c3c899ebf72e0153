/** What a person is told about a chat that does not go quite as it should. */
import { holesOf, maxKnown } from "../../sync/log/known.ts";
import type { LogRow } from "../../sync/store/rows.ts";
import { type Db, devicesOf } from "./tables.ts";

/** [AMM1] Others' messages that must exist, because later ones came, and are not here yet. */
export const missingMessages = (logs: readonly LogRow[]): number =>
  logs
    .filter(({ own }) => !own)
    .flatMap(({ known }) => holesOf(known, maxKnown(known)))
    .reduce((sum, [from, to]) => sum + to - from + 1, 0);

/** When the encrypted session with one of the account's devices was last begun anew; 0 = never. */
export async function sessionResetMs(db: Db, account: string): Promise<number> {
  const devices = await devicesOf(db).where("account").equals(account).toArray();
  return Math.max(0, ...devices.map(({ resetAtMs }) => resetAtMs));
}
