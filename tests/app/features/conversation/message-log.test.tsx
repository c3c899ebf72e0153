/** A conversation in a group, as far as the screen goes. */
import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { Dexie } from "dexie";
import { expect, test } from "vitest";

import {
  aggregatesOf,
  channelsOf,
  contactsOf,
  cursorsOf,
  entriesOf,
  logsOf,
  metaOf,
  rosterOpsOf,
  rostersOf,
} from "../../../../app/db/tables.ts";
import { Conversation } from "../../../../app/features/conversation/conversation.tsx";
import type { RosterRow } from "../../../../sync/group/rows.ts";
import { aggregateRowOf } from "../../../../sync/thread/rows.ts";
import { UNTOUCHED } from "../../../../sync/thread/untouched.ts";
import {
  channel,
  contact,
  cursor,
  entry,
  log,
  member,
  openRows,
  roster,
  rosterOp,
  THEM,
  US,
} from "../../db/rows.ts";
import { CALM, show } from "../../screen.tsx";

const CAROL = "cc".repeat(32);
const DEVICE = "ff".repeat(16);
const upTo = (floor: number) => ({ floor, ranges: [] });
const ADD = { role: "member", floor: 0, invite: null } as const;

/** Log 1 is ours, 2 is Bob's, 3 Carol's. */
async function groupDb(row: Partial<RosterRow> = {}, members = [US, THEM, CAROL]): Promise<Dexie> {
  const db = await openRows();
  const self = { account: US, name: "Alice", device: DEVICE, certificate: new Uint8Array() };
  await metaOf(db).add({ k: "self", v: self });
  await contactsOf(db).bulkAdd([
    contact(US, { name: "Alice", state: "self", live: [DEVICE] }),
    contact(THEM, { name: "Bob" }),
    contact(CAROL, { name: "Carol", state: "member" }),
  ]);
  await channelsOf(db).add(channel(1, { kind: "group", account: "", arrivals: 6, lastH: 6 }));
  await logsOf(db).bulkAdd([
    log(1, { known: upTo(9), sent: upTo(9) }),
    log(2, { account: THEM, known: upTo(9), read: upTo(9) }),
    log(3, { account: CAROL, known: upTo(9), read: upTo(9) }),
  ]);
  await rostersOf(db).add(
    roster(
      1,
      members.map((it) => member(it, it === US ? "owner" : "member")),
      row,
    ),
  );
  await rosterOpsOf(db).bulkAdd([
    rosterOp(1, { type: "add", account: THEM, ...ADD }),
    rosterOp(2, { type: "add", account: CAROL, ...ADD }),
  ]);
  await entriesOf(db).bulkAdd([
    entry(1, { kind: 17, own: true, text: "" }),
    entry(2, { kind: 17, own: true, text: "" }),
    entry(3, { a: 2, text: "hello from Bob" }),
    entry(4, { a: 2, text: "and again" }),
    entry(5, { a: 3, text: "hello from Carol" }),
    entry(6, { own: true, text: "hello from us" }),
  ]);
  return db;
}

const messages = async (): Promise<readonly HTMLElement[]> =>
  within(await screen.findByRole("list", { name: "Messages" })).findAllByRole("listitem");
const message = async (text: string): Promise<HTMLElement> =>
  (await messages()).find((it) => it.textContent.includes(text))!;

test("[AML1] what the group tells of itself is one item, a sentence with its time, and no menu", async () => {
  await show(<Conversation c={1} />, { db: await groupDb() });
  const [line, ...rest] = await messages();
  expect(rest).toHaveLength(4);
  expect(line?.getAttribute("aria-labelledby")).toBe("ID1-1-1-text ID1-1-1-meta");
  expect(line?.querySelector("p")?.textContent).toBe("You added Bob and Carol 00:00");
  fireEvent.contextMenu(line!);
  expect(screen.queryByRole("menu")).toBeNull();
  fireEvent.contextMenu(rest[0]!);
  expect(screen.getByRole("menu", { name: "Message actions" })).toBeTruthy();
});

test("[AMI5] each message names its author, and shows the name where a group of theirs begins", async () => {
  await show(<Conversation c={1} />, { db: await groupDb() });
  await messages();
  const seen = [...document.querySelectorAll(".message-author")].map((it) => it.textContent);
  expect(seen).toEqual(["Bob", "Carol"]);
  expect((await message("and again")).querySelector(".visually-hidden")?.textContent).toBe("Bob");
  const hue = (text: string) =>
    message(text).then((it) =>
      it.querySelector<HTMLElement>(".message-author")?.style.getPropertyValue("--hue"),
    );
  expect(await hue("hello from Bob")).not.toBe(await hue("hello from Carol"));
});

test("[AHE1] who writes is named", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await groupDb() });
  await messages();
  expect(screen.getByText("3 members")).toBeTruthy();
  const write = (...typing: readonly string[]) =>
    act(() => engine.say({ type: "status", status: { ...CALM, typing: { 1: typing } } }));
  write(THEM);
  expect(screen.getByText("Bob is writing…")).toBeTruthy();
  write(THEM, CAROL);
  expect(screen.getByText("Bob and Carol are writing…")).toBeTruthy();
});

test("[AAR3] what comes is read out with its author, and what happens as a sentence", async () => {
  const db = await groupDb();
  await show(<Conversation c={1} />, { db });
  await messages();
  await act(async () => {
    await entriesOf(db).bulkAdd([
      entry(7, { a: 3, text: "one more" }),
      entry(8, { a: 2, kind: 20, text: "" }),
    ]);
    await rosterOpsOf(db).add(rosterOp(8, { type: "leave", cut: [] }, THEM, { a: 2 }));
    await channelsOf(db).update(1, { arrivals: 8 });
  });
  await screen.findByText("Carol: one more Bob left");
});

test("[AMS8] who has a message is told by name, who read it first", async () => {
  const db = await groupDb();
  const own = "1".repeat(32);
  const reached = [{ log: own, known: upTo(9) }];
  await cursorsOf(db).bulkAdd([
    cursor({ account: CAROL, device: "c1".repeat(16), delivered: reached, read: reached }),
  ]);
  await show(<Conversation c={1} />, { db });
  fireEvent.contextMenu(await message("hello from us"));
  fireEvent.click(screen.getByRole("menuitem", { name: "Info" }));
  const readers = await screen.findByRole("list", { name: "Who has it" });
  expect(
    within(readers)
      .getAllByRole("listitem")
      .map((it) => it.textContent),
  ).toEqual(["CCarol Read", "BBob Not yet"]);
});

test("[AMS9] what the group did not accept says so to its author", async () => {
  const db = await groupDb();
  await entriesOf(db).update([1, 1, 6], { counts: "no" });
  await show(<Conversation c={1} />, { db });
  expect((await message("hello from us")).textContent).toContain("Not accepted");
  fireEvent.contextMenu(await message("hello from us"));
  fireEvent.click(screen.getByRole("menuitem", { name: "Info" }));
  expect(await screen.findByText(/the group no longer allowed you to write/u)).toBeTruthy();
});

test("[AMU4] pinning for everybody is offered to admins alone", async () => {
  const db = await groupDb();
  await show(<Conversation c={1} />, { db });
  fireEvent.contextMenu(await message("hello from Bob"));
  expect(screen.getByRole("menuitem", { name: "Pin" })).toBeTruthy();
  fireEvent.keyDown(screen.getByRole("menu"), { key: "Escape" });
  await act(
    async () => void (await rostersOf(db).update(1, { members: [member(US)], title: "Ropes" })),
  );
  await screen.findByText("1 member");
  fireEvent.contextMenu(await message("hello from Bob"));
  expect(screen.queryByRole("menuitem", { name: "Pin" })).toBeNull();
  expect(screen.getByRole("menuitem", { name: "Reply" })).toBeTruthy();
});

test("[AMU1] [AMI4] admins delete what members wrote, which says who did it", async () => {
  const db = await groupDb();
  await show(<Conversation c={1} />, { db });
  const offered = async (text: string): Promise<boolean> => {
    fireEvent.contextMenu(await message(text));
    const isOffered = screen.queryByRole("menuitem", { name: "Delete for everyone" }) !== null;
    fireEvent.keyDown(screen.getByRole("menu"), { key: "Escape" });
    return isOffered;
  };
  expect(await offered("hello from Bob")).toBe(true);
  await act(async () => {
    const members = [member(THEM, "owner"), member(US)];
    await rostersOf(db).update(1, { members, title: "Ropes" });
  });
  await screen.findByText("Ropes");
  expect(await offered("hello from Bob")).toBe(false);
  expect(await offered("hello from us")).toBe(true);
  const ours = await entriesOf(db).get([1, 1, 6]);
  const deleted = { stamp: { hEff: 9, tie: 1, seq: 9, id: "00" }, value: THEM };
  await act(async () => {
    await aggregatesOf(db).put(aggregateRowOf(ours!, { ...UNTOUCHED, deleted }));
  });
  expect(await screen.findByText("Bob deleted this message")).toBeTruthy();
});

test("[AOS1] who was removed is told by whom, and can write nothing", async () => {
  const db = await groupDb({}, [THEM, CAROL]);
  await rosterOpsOf(db).add(rosterOp(9, { type: "remove", account: US, cut: [] }, THEM, { a: 2 }));
  await entriesOf(db).add(entry(9, { a: 2, kind: 18, text: "" }));
  await show(<Conversation c={1} />, { db });
  expect(await screen.findByText("Bob removed you from this group.")).toBeTruthy();
  expect(screen.queryByRole("textbox", { name: "Message" })).toBeNull();
  fireEvent.contextMenu(await message("hello from Bob"));
  expect(screen.queryByRole("menuitem", { name: "Reply" })).toBeNull();
});

test("[AOS1] who left, who waits, and who was not let in is told that", async () => {
  const db = await groupDb({}, [THEM]);
  await rosterOpsOf(db).add(rosterOp(9, { type: "leave", cut: [] }));
  await entriesOf(db).add(entry(9, { kind: 20, own: true, text: "" }));
  const app = await show(<Conversation c={1} />, { db });
  expect(await screen.findByText("You left this group.")).toBeTruthy();
  const joining = { tag: "", admins: [], atMs: 0 };
  const become = (state: "waiting" | "refused" | "over") =>
    act(async () => void (await rostersOf(db).update(1, { joining: { ...joining, state } })));
  await become("waiting");
  expect(await screen.findByText(/^You come in once a device/u)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Do not wait any longer" })).toBeTruthy();
  await become("over");
  expect(await screen.findByText(/^The link led nowhere/u)).toBeTruthy();
  await become("refused");
  expect(await screen.findByText("You were not let into this group.")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Take it off my list" }));
  await waitFor(() =>
    expect(app.engine.heard.at(-1)).toMatchObject({ call: { method: "giveUp", args: [1] } }),
  );
});
