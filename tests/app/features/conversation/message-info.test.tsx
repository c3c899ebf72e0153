import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { readChat } from "../../../../app/db/chats.ts";
import { channelsOf, contactsOf, entriesOf, logsOf, mediaOf } from "../../../../app/db/tables.ts";
import { MessageInfo } from "../../../../app/features/conversation/message-info.tsx";
import { plainMessage } from "../../../../sync/entry/plain-message.ts";
import type { MediaRow } from "../../../../sync/media/rows.ts";
import { UNTOUCHED } from "../../../../sync/thread/untouched.ts";
import { type MessageView, viewOf } from "../../../../sync/thread/view.ts";
import { channel, contact, cursor, entry, log, member, openRows, THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const whole = { id: new Uint8Array(32).fill(1), key: new Uint8Array(32), bytes: 30, relays: [] };
const LONG = { reply: null, mentions: [], attachments: [], whole, forwarded: false };
const BLOB: MediaRow = {
  c: 1,
  a: 1,
  s: 3,
  id: "01".repeat(32),
  author: US,
  key: whole.key,
  bytes: 30,
  use: "text",
  state: "here",
  waiting: 0,
  nextAtMs: 0,
  attempts: 0,
  content: new TextEncoder().encode("beginning and all of the rest"),
};
const stamp = (seq: number) => ({ hEff: seq, tie: 1, seq, id: "00" });

async function shown(healedBy?: string, view?: MessageView) {
  const db = await openRows();
  await logsOf(db).put({ ...log(1), log: "22".repeat(16) });
  await entriesOf(db).put(entry(3, { text: "beginning", kind: 2, shown: 0, extra: LONG }));
  await entriesOf(db).put(entry(4, { text: "short", kind: 2, shown: 0 }));
  await mediaOf(db).put(BLOB);
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
      view={view}
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

test("[AMR3] an earlier version that was too long for its entry is shown whole as well", async () => {
  const theirs = new Uint8Array(16).fill(0x22);
  const versions = [4, 3].map((seq) => ({ stamp: stamp(seq), log: theirs }));
  const content = { text: "short", mentions: [], whole: null };
  const aggregate = { ...UNTOUCHED, content, versions };
  await shown(undefined, viewOf(plainMessage("text 2"), aggregate, US)!);
  const list = within(await screen.findByRole("list", { name: "Earlier versions" }));
  const [latest, first] = list.getAllByRole("listitem").map((it) => it.textContent);
  expect([latest, first]).toEqual([
    expect.stringMatching(/beginning…/u),
    expect.stringMatching(/text/u),
  ]);
  fireEvent.click(await list.findByRole("button", { name: "Show all" }));
  expect(list.getAllByRole("listitem")[0]?.textContent).toContain("and all of the rest");
});
