import { openMemoryStore } from "../../../relay/store/memory-store.ts";
import type { StoreIncarnation } from "../../../sync/wire/ids.ts";
import { CONTRACT_BOUNDS } from "../../contract/relay-store-keeper.ts";
import { relayStoreContract } from "../../contract/relay-store.ts";

const incarnation = new Uint8Array(8) as StoreIncarnation;

relayStoreContract("memory", async () => openMemoryStore({ incarnation, bounds: CONTRACT_BOUNDS }));
relayStoreContract("memory, with nothing kept hot", async () =>
  openMemoryStore({
    incarnation,
    bounds: { ...CONTRACT_BOUNDS, hotPlacesMax: 0, hotShelvesMax: 0 },
  }),
);
