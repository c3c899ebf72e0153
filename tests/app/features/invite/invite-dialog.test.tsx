import "fake-indexeddb/auto";
import { act, screen, waitFor } from "@testing-library/react";
import type { Table } from "dexie";
import { expect, test } from "vitest";

import { InviteDialog } from "../../../../app/features/invite/invite-dialog.tsx";
import type { InviteRow } from "../../../../sync/store/rows.ts";
import { openRows } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const LINK = "https://relay.example/#AQ";

async function shown() {
  const db = await openRows();
  const invites: Table<InviteRow, string> = db.table("invites");
  await invites.add({
    tag: "aa".repeat(16),
    secret: new Uint8Array(16),
    token: "00000001",
    voucher: new Uint8Array(0),
    link: LINK,
    createdAtMs: 0,
    expiresAtMs: 1,
    published: false,
    redeemedBy: null,
  });
  const { engine } = await show(
    <InviteDialog onClose={() => undefined} onReceived={() => undefined} />,
    { db },
  );
  await waitFor(() => expect(engine.heard.some((it) => it.type === "ask")).toBe(true));
  const ask = engine.heard.find((it) => it.type === "ask");
  const value = { link: LINK, published: false };
  act(() => engine.say({ type: "answer", id: ask!.id, answer: { ok: true, value } }));
  return invites;
}

test("[AIN1] the link stands in a field that nobody can change by accident", async () => {
  await shown();
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Invite link" });
  expect(field.value).toBe(LINK);
  expect(field.readOnly).toBe(true);
});

test("[AIN2] while no relay holds the link, it is told that it does not work yet", async () => {
  const invites = await shown();
  expect(await screen.findByText(/starts to work as soon as/u)).toBeTruthy();
  await act(async () => void (await invites.update("aa".repeat(16), { published: true })));
  await waitFor(() => expect(screen.queryByText(/starts to work as soon as/u)).toBeNull());
});
