import "fake-indexeddb/auto";
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { readChat } from "../../../../app/db/chats.ts";
import { channelsOf, contactsOf } from "../../../../app/db/tables.ts";
import { MessageInfo } from "../../../../app/features/conversation/message-info.tsx";
import { channel, contact, cursor, entry, log, member, openRows, THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

async function shown(healedBy?: string) {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM));
  await channelsOf(db).add(channel(1));
  const chat = { ...(await readChat(db, 1))!, kind: "group" as const };
  const own = log(1, { known: { floor: 3, ranges: [] }, sent: { floor: 3, ranges: [] } });
  const members = [US, THEM, ...Array.from({ length: 140 }, (_, n) => `${n}`.padStart(64, "0"))];
  const known = { floor: 3, ranges: [] };
  const receipts = {
    logs: [own],
    logByNumber: new Map([[1, own]]),
    cursors: [cursor({ delivered: [{ log: own.log, known }] })],
    members: members.map((it) => member(it)),
  };
  const people = new Map([[THEM, "Bob"]]);
  const row = entry(2, { own: true, ...(healedBy !== undefined && { healedBy }) });
  return show(
    <MessageInfo
      chat={chat}
      entry={row}
      view={undefined}
      receipts={receipts}
      people={people}
      onClose={() => undefined}
    />,
    { db },
  );
}

test("[AMR1] in a large group members are asked who has it, and those who told are named", async () => {
  const { engine } = await shown();
  await waitFor(() =>
    expect(engine.heard).toContainEqual(
      expect.objectContaining({ call: { part: "receipts", method: "ask", args: [1] } }),
    ),
  );
  const readers = within(screen.getByRole("list", { name: "Who has it" }));
  expect(readers.getAllByRole("listitem").map((it) => it.textContent)).toEqual([
    expect.stringMatching(/Bob/u),
  ]);
});

test("[AMR2] who brought a message back is named", async () => {
  await shown(THEM);
  expect(screen.getByText("Recovered from").nextElementSibling?.textContent).toBe("Bob");
});

test("[AMR2] so is another device of ours", async () => {
  await shown(US);
  expect(screen.getByText("Recovered from").nextElementSibling?.textContent).toBe(
    "your other device",
  );
});
