import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { expect, test } from "vitest";

import { DB_NAME } from "../../../app/db/tables.ts";
import { keyStore } from "../../../app/platform/key-store.ts";
import { boot } from "../../../app/shell/boot.ts";

test("[ABT4] what does not open is neither deleted nor made anew", async () => {
  await keyStore.write("keys", "dmk", "not a wrapped key");
  expect(await boot()).toEqual({ type: "broken" });
  expect(await keyStore.read("keys", "dmk")).toBe("not a wrapped key");
  expect(await Dexie.exists(DB_NAME)).toBe(false);
});
