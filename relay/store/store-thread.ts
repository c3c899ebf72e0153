/** The thread of a store whose disk is slow: opens it, and answers one call after the other. */
import { parentPort, workerData } from "node:worker_threads";

import { assert, unreachable } from "../../crypto/base/assert.ts";
import { freeBytesAt } from "./disk-room.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import type { StoreCall, StoreOpened, StoreReply, StoreThread } from "./store-calls.ts";
import type { Store } from "./store.ts";

assert(parentPort !== null, "a store's thread has a parent");
const parent = parentPort;
const { folder, bounds, incarnation, diskFreeBytesMin } = workerData as StoreThread;
const opened = openSqliteStore({
  folder,
  bounds,
  incarnation: () => incarnation,
  disk: { freeBytes: () => freeBytesAt(`${folder}/.`), freeBytesMin: diskFreeBytesMin },
});

if (opened.ok) {
  const store = opened.value;
  const say = (it: StoreOpened): void => parent.postMessage(it);
  // Calls follow each other without an await in between: the store is synchronous inside.
  parent.on("message", (call: StoreCall) => void answer(store, call));
  say({ ok: true, incarnation: store.incarnation, totals: store.totals() });
} else {
  parent.postMessage({ ok: false, error: opened.error } satisfies StoreOpened);
}

async function answer(store: Store, call: StoreCall): Promise<void> {
  const totals = call.method === "close" ? store.totals() : undefined;
  const result = await resultOf(store, call);
  const reply: StoreReply = { result, totals: totals ?? store.totals() };
  parent.postMessage(reply);
  if (call.method === "close") parent.close();
}

function resultOf(store: Store, call: StoreCall): PromiseLike<unknown> {
  switch (call.method) {
    case "commit":
      return store.commit(...call.args);
    case "page":
      return store.page(...call.args);
    case "mailbox":
      return store.mailbox(...call.args);
    case "prekeys":
      return store.prekeys(...call.args);
    case "invite":
      return store.invite(...call.args);
    case "capsule":
      return store.capsule(...call.args);
    case "blob":
      return store.blob(...call.args);
    case "expiredBlobs":
      return store.expiredBlobs(...call.args);
    case "push":
      return store.push(...call.args);
    case "subscribed":
      return store.subscribed(...call.args);
    case "tend":
      return store.tend(...call.args);
    case "close":
      return store[Symbol.asyncDispose]();
    default:
      return unreachable(call);
  }
}
