/** What tests/bench/store.bench.ts measures, inside the page. Times are milliseconds. */
import { ready } from "../../../crypto/base/sodium.ts";
import { openDexieReader } from "../../../sync/store/dexie-reader.ts";
import { openDexieStore } from "../../../sync/store/dexie-store.ts";
import { readerVaultOf } from "../../../sync/store/reader-vault.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import type { Store } from "../../../sync/store/store.ts";
import { entryRow } from "../../sync/store/rows.ts";
import { dmkOf, engineVault } from "../../sync/store/vault.ts";

const NAME = "measured";
/** As many as a chat shows at once. */
const WINDOW = 60;
const CHANNEL = 1;
/** About what people write, and what an encoded entry of it takes. */
const TEXT = "See you at the station at seven, I will bring the tickets and the small umbrella. ";
const ENTRY_BYTES = 320;

let store: Store | undefined;
let appended = 0;

async function storeOf(): Promise<Store> {
  await ready;
  store ??= (await openDexieStore({ name: NAME, vault: engineVault() })).store;
  return store;
}

const nextRow = (): EntryRow => {
  const s = ++appended;
  return entryRow({ c: CHANNEL, a: 1, s, text: TEXT + s, bytes: new Uint8Array(ENTRY_BYTES) });
};

/** One time for each write of `batch` entries. */
export async function appendTimes(batch: number, writes: number): Promise<readonly number[]> {
  const opened = await storeOf();
  const times: number[] = [];
  for (let i = 0; i < writes; i++) {
    const rows = Array.from({ length: batch }, nextRow);
    const from = performance.now();
    await opened.write(["entries"], async (tx) => {
      await Promise.all(rows.map(async (row) => tx.put("entries", row)));
    });
    times.push(performance.now() - from);
  }
  return times;
}

/** The newest entries of the channel, as the engine reads them. */
export async function engineReadTimes(rounds: number): Promise<readonly number[]> {
  const opened = await storeOf();
  return timesOf(rounds, async () =>
    opened.read(["entries"], async (tx) =>
      tx.range("entries", "timeline", {
        lower: [CHANNEL, 1],
        upper: [CHANNEL, 1],
        reverse: true,
        limit: WINDOW,
      }),
    ),
  );
}

/** The same, as a tab reads them. */
export async function tabReadTimes(rounds: number): Promise<readonly number[]> {
  await storeOf();
  const reader = await openDexieReader({ name: NAME, vault: readerVaultOf(dmkOf(7)) });
  const times = await timesOf(rounds, async () =>
    reader
      .table<EntryRow>("entries")
      .where("[c+shown+h+b+s]")
      .between([CHANNEL, 1], [CHANNEL, 1, [[]]])
      .reverse()
      .limit(WINDOW)
      .toArray(),
  );
  reader.close();
  return times;
}

async function timesOf(
  rounds: number,
  read: () => Promise<readonly EntryRow[]>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const from = performance.now();
    const rows = await read();
    times.push(performance.now() - from);
    if (rows.length !== WINDOW || rows[0]?.s !== appended) throw new Error("not the newest");
  }
  return times;
}
