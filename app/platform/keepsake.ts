/**
 * One line of text in Cache Storage, which a copy of the database that is put back does not hold.
 * [AKS1] It holds which device this is, and how often it was opened. [AKS2] Where the browser refuses,
 * there is none, and nothing else changes.
 */
import type { Keepsake } from "../../sync/account/keepsake.ts";

const CACHE = "kith-keepsake";
/** Never asked of the network: the name of the entry. */
const NAME = "/keepsake";

export const cacheKeepsake: Keepsake = {
  read: async () => {
    try {
      const found = await (await caches.open(CACHE)).match(NAME);
      return found === undefined ? null : await found.text();
    } catch {
      return null;
    }
  },
  write: async (text) => {
    try {
      await (await caches.open(CACHE)).put(NAME, new Response(text));
    } catch {
      // Full or forbidden: others tell us later.
    }
  },
};
