/**
 * Stands where the engine stands: a SharedWorker that writes the database which the page reads.
 * It takes `WorkerRequest`s and answers each, when its write is durable, with its `id`.
 */
import { ready } from "../../../crypto/base/sodium.ts";
import { type DexieStore, openDexieStore } from "../../../sync/store/dexie-store.ts";
import { entryRow } from "../../sync/store/rows.ts";
import { engineVault } from "../../sync/store/vault.ts";

/** Appends the entry `s` of channel `c` to the database `name`. */
export type WorkerRequest = {
  readonly id: number;
  readonly name: string;
  readonly c: number;
  readonly s: number;
};

const storeByName = new Map<string, Promise<DexieStore>>();

async function storeOf(name: string): Promise<DexieStore> {
  await ready;
  return openDexieStore({ name, vault: engineVault() });
}

async function append({ name, c, s }: WorkerRequest): Promise<void> {
  const opened = storeByName.get(name) ?? storeOf(name);
  storeByName.set(name, opened);
  const { store } = await opened;
  await store.write(["entries"], async (tx) => tx.put("entries", entryRow({ c, a: c, s })));
}

self.addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  port?.addEventListener("message", ({ data }: MessageEvent<WorkerRequest>) => {
    append(data).then(
      () => port.postMessage({ id: data.id }),
      (error: unknown) => port.postMessage({ id: data.id, error: String(error) }),
    );
  });
  port?.start();
});
