import "fake-indexeddb/auto";
import { act, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { contactsOf } from "../../../app/db/tables.ts";
import { useSharedDrafts } from "../../../app/rooms/use-shared-drafts.ts";
import { contact, openRows, US } from "../db/rows.ts";
import { show } from "../screen.tsx";

function Sharing(): null {
  useSharedDrafts();
  return null;
}

test("[AZS1] drafts are shared once there is another device of the account", async () => {
  const db = await openRows();
  await contactsOf(db).add(contact(US, { state: "self", live: ["d1"] }));
  const { engine } = await show(<Sharing />, { db });
  const entered = () =>
    engine.heard.flatMap((it) => (it.type === "ask" ? [it.call] : [])).map(({ args }) => args);
  expect(entered()).toEqual([]);
  await act(async () => void (await contactsOf(db).update(US, { live: ["d1", "d2"] })));
  await waitFor(() => expect(entered()).toEqual([["drafts"]]));
});
