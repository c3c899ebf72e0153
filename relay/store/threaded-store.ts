/**
 * The SQLite store in a thread of its own, for disks that take long to sync: connections go on while a
 * commit waits for the disk. The same contract; answers come in the order of the calls.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { assert } from "../../crypto/base/assert.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { OpenStoreError } from "./sqlite-store.ts";
import type {
  StoreCall,
  StoreMethod,
  StoreOpened,
  StoreReply,
  StoreThread,
} from "./store-calls.ts";
import type { Store } from "./store.ts";

export async function openThreadedStore(
  options: StoreThread,
): Promise<Result<Store, OpenStoreError>> {
  const worker = new Worker(new URL("./store-thread.ts", import.meta.url), { workerData: options });
  const [opened] = (await once(worker, "message")) as [StoreOpened];
  if (!opened.ok) {
    await worker.terminate();
    return err(opened.error);
  }
  let { totals } = opened;
  const waiting: ((reply: StoreReply) => void)[] = [];
  worker.on("message", (reply: StoreReply) => {
    ({ totals } = reply);
    const answer = waiting.shift();
    assert(answer !== undefined, "a reply follows a call");
    answer(reply);
  });
  // A store that contradicts itself ends the relay, in whichever thread it lives.
  worker.on("error", (fault) => {
    throw fault;
  });

  const call = async (it: StoreCall): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<StoreReply>();
    waiting.push(resolve);
    worker.postMessage(it);
    return (await promise).result;
  };
  // The thread answers each method with what the store's own method answers.
  const method =
    <Method extends StoreMethod>(name: Method) =>
    (...args: Parameters<Store[Method]>): ReturnType<Store[Method]> =>
      call({ method: name, args } as StoreCall) as ReturnType<Store[Method]>;

  return ok({
    incarnation: idOf("StoreIncarnation", opened.incarnation),
    commit: method("commit"),
    page: method("page"),
    mailbox: method("mailbox"),
    prekeys: method("prekeys"),
    invite: method("invite"),
    capsule: method("capsule"),
    blob: method("blob"),
    expiredBlobs: method("expiredBlobs"),
    push: method("push"),
    subscribed: method("subscribed"),
    tend: method("tend"),
    totals: () => totals,
    [Symbol.asyncDispose]: async () => {
      await call({ method: "close", args: [] });
      await worker.terminate();
    },
  });
}
