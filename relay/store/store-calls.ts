/** What passes between a relay's main thread and the thread of its store. All of it is plain data. */
import type { KeepBounds } from "./keep-store.ts";
import type { OpenStoreError } from "./sqlite-store.ts";
import type { Store, StoreTotals } from "./store.ts";

/** What the thread is started with. */
export type StoreThread = {
  readonly folder: string;
  readonly bounds: KeepBounds;
  /** Used if the database is new. */
  readonly incarnation: Uint8Array;
  readonly diskFreeBytesMin: number;
};

/** The thread's first word. */
export type StoreOpened =
  | { readonly ok: true; readonly incarnation: Uint8Array; readonly totals: StoreTotals }
  | { readonly ok: false; readonly error: OpenStoreError };

type Methods = Omit<Store, "incarnation" | "totals" | typeof Symbol.asyncDispose>;
export type StoreMethod = keyof Methods;

/** One question; answered in the order of asking. */
export type StoreCall =
  | {
      readonly [Method in StoreMethod]: {
        readonly method: Method;
        readonly args: Parameters<Methods[Method]>;
      };
    }[StoreMethod]
  | { readonly method: "close"; readonly args: readonly [] };

export type StoreReply = { readonly result: unknown; readonly totals: StoreTotals };
