import { expect, test } from "vitest";

import { readMe } from "../../../app/db/me.ts";
import { contactsOf, metaOf } from "../../../app/db/tables.ts";
import { contact, openRows, US } from "./rows.ts";

test("[AME1] nobody before the start, and then whoever they are called now", async () => {
  const db = await openRows();
  expect(await readMe(db)).toBeNull();
  await metaOf(db).put({ k: "self", v: { account: US, name: "Alice" } });
  expect(await readMe(db)).toEqual({ account: US, name: "Alice" });
  await contactsOf(db).put(contact(US, { state: "self", name: "Alice B." }));
  expect(await readMe(db)).toEqual({ account: US, name: "Alice B." });
});
