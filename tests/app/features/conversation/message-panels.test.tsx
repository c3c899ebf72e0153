/** What one does with messages, as far as the screen goes: what is offered, asked of the engine, shown. */
import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { Dexie } from "dexie";
import { type ReactElement, useState } from "react";
import { expect, onTestFinished, test, vi } from "vitest";

import {
  aggregatesOf,
  channelsOf,
  contactsOf,
  entriesOf,
  logsOf,
} from "../../../../app/db/tables.ts";
import { isUnread } from "../../../../app/db/unread.ts";
import type { Call } from "../../../../app/engine/calls.ts";
import { Conversation } from "../../../../app/features/conversation/conversation.tsx";
import type { ContactState, EntryRow } from "../../../../sync/store/rows.ts";
import type { Aggregate } from "../../../../sync/thread/aggregate.ts";
import { aggregateRowOf } from "../../../../sync/thread/rows.ts";
import { UNTOUCHED } from "../../../../sync/thread/untouched.ts";
import { channel, contact, entry, log, openRows, THEM, US } from "../../db/rows.ts";
import { show, type Shown } from "../../screen.tsx";

const upTo = (floor: number) => ({ floor, ranges: [] });
const stamp = (seq: number) => ({ hEff: seq, tie: 1, seq, id: "00" });

const HELLO = entry(1, { a: 2, text: "hello Alice https://a.example/" });
const OURS = entry(2, { own: true, text: "hello Bob" });
const GONE = entry(3, { a: 2, text: "", erased: true });

async function chat(state: ContactState = "accepted"): Promise<Dexie> {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { state }));
  await channelsOf(db).add(channel(1, { arrivals: 4, lastH: 4 }));
  const logs = [
    log(1, { known: upTo(9) }),
    log(2, { account: THEM, known: upTo(9), read: upTo(9) }),
  ];
  await logsOf(db).bulkAdd(logs);
  await entriesOf(db).bulkAdd([HELLO, OURS, GONE]);
  await became(db, GONE, { deleted: { stamp: stamp(5), value: THEM } });
  return db;
}

const became = async (db: Dexie, row: EntryRow, what: Partial<Aggregate>): Promise<void> => {
  await aggregatesOf(db).put(aggregateRowOf(row, { ...UNTOUCHED, ...what }));
};

const message = async (text: string): Promise<HTMLElement> => {
  const list = await screen.findByRole("list", { name: "Messages" });
  const items = await within(list).findAllByRole("listitem");
  return items.find((it) => it.textContent.includes(text))!;
};
const openMenu = async (text: string): Promise<readonly string[]> => {
  fireEvent.click(within(await message(text)).getByRole("button", { name: "Message actions" }));
  return screen.getAllByRole("menuitem").map((it) => it.textContent);
};
const choose = async (text: string, action: string): Promise<void> => {
  await openMenu(text);
  fireEvent.click(screen.getByRole("menuitem", { name: action }));
};
const asked = ({ engine }: Shown, method: string): readonly Call["args"][] =>
  engine.heard.flatMap((it) =>
    it.type === "ask" && it.call.method === method ? [it.call.args] : [],
  );
const answer = async ({ engine }: Shown, method: string, value: unknown): Promise<void> => {
  const last = engine.heard.findLast((it) => it.type === "ask" && it.call.method === method);
  const id = last?.type === "ask" ? last.id : 0;
  await act(async () => engine.say({ type: "answer", id, answer: value as never }));
};

test("[AMU1] only one's own messages can be edited and deleted for everyone", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  const all = ["Reply", "React", "Edit", "Pin", "Forward", "Copy", "Star", "Info"];
  expect(await openMenu("hello Bob")).toEqual([...all, "Delete for me", "Delete for everyone"]);
  fireEvent.keyDown(screen.getByRole("menu"), { key: "Escape" });
  const theirs = all.filter((it) => it !== "Edit");
  expect(await openMenu("hello Alice")).toEqual([...theirs, "Delete for me"]);
});

test("[AMU2] where one may not write nothing is offered that the others would see", async () => {
  await show(<Conversation c={1} />, { db: await chat("blocked") });
  const kept = ["Forward", "Copy", "Star", "Info", "Delete for me"];
  expect(await openMenu("hello Bob")).toEqual(kept);
});

test("[AMU5] words that are not here are neither copied nor passed on", async () => {
  const db = await chat();
  await entriesOf(db).add(entry(4, { a: 2, text: "", erased: true }));
  await show(<Conversation c={1} />, { db });
  const kept = ["Reply", "React", "Pin", "Star", "Info", "Delete for me"];
  expect(await openMenu("The words of this message are not here")).toEqual(kept);
});

test("[AMU3] [AMI4] what was deleted says so, and can only be cleared away", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  expect(await openMenu("This message was deleted")).toEqual(["Info", "Delete for me"]);
});

test("[AMO1] Enter on a message and the other mouse button open its menu, a link keeps its own", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  const item = await message("hello Alice");
  const link = within(item).getByRole("link");
  expect(fireEvent.contextMenu(link)).toBe(true);
  expect(screen.queryByRole("menu")).toBeNull();
  expect(fireEvent.contextMenu(item.querySelector(".bubble")!)).toBe(false);
  expect(screen.getByRole("menu", { name: "Message actions" })).toBeTruthy();
  fireEvent.keyDown(screen.getByRole("menu"), { key: "Escape" });
  fireEvent.keyDown(item, { key: "Enter" });
  expect(screen.getByRole("menu")).toBeTruthy();
});

test("[AMO2] a long press opens the menu, a finger that moves scrolls", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  const bubble = (await message("hello Bob")).querySelector(".bubble")!;
  const touch = { pointerType: "touch", clientX: 50, clientY: 50 };
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  fireEvent.pointerDown(bubble, touch);
  fireEvent.pointerMove(bubble, { ...touch, clientY: 80 });
  act(() => void vi.advanceTimersByTime(1_000));
  expect(screen.queryByRole("menu")).toBeNull();
  fireEvent.pointerDown(bubble, touch);
  act(() => void vi.advanceTimersByTime(499));
  expect(screen.queryByRole("menu")).toBeNull();
  act(() => void vi.advanceTimersByTime(1));
  expect(screen.getByRole("menu", { name: "Message actions" })).toBeTruthy();
});

test("[AMN1] [AMN2] [AMN3] a menu is walked by keys, and closed by Escape or a click elsewhere", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  await openMenu("hello Bob");
  const menu = screen.getByRole("menu");
  expect([menu.style.left, menu.style.top]).toEqual(["8px", "8px"]);
  const focused = (): string | null => document.activeElement?.textContent ?? null;
  expect(focused()).toBe("Reply");
  for (const [key, name] of [
    ["ArrowDown", "React"],
    ["End", "Delete for everyone"],
    ["ArrowDown", "Reply"],
    ["ArrowUp", "Delete for everyone"],
    ["Home", "Reply"],
  ] as const) {
    fireEvent.keyDown(menu, { key });
    expect(focused()).toBe(name);
  }
  fireEvent.keyDown(menu, { key: "Escape" });
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(await message("hello Bob"));
  await openMenu("hello Bob");
  act(() => screen.getByRole("textbox", { name: "Message" }).focus());
  expect(screen.queryByRole("menu")).toBeNull();
  await openMenu("hello Bob");
  fireEvent.pointerDown(document.body);
  expect(screen.queryByRole("menu")).toBeNull();
});

test("[ACO5] an answer goes with the next message, and Escape gives it up first", async () => {
  const shown = await show(<Conversation c={1} />, { db: await chat() });
  await choose("hello Alice", "Reply");
  const field = screen.getByRole("textbox", { name: "Message" });
  expect(screen.getByText("Reply to Bob")).toBeTruthy();
  expect(document.activeElement).toBe(field);
  expect(fireEvent.keyDown(field, { key: "Escape" })).toBe(false);
  expect(screen.queryByText("Reply to Bob")).toBeNull();
  expect(fireEvent.keyDown(field, { key: "Escape" })).toBe(true);
  await choose("hello Alice", "Reply");
  fireEvent.input(field, { target: { value: "hello again" } });
  fireEvent.keyDown(field, { key: "Enter" });
  expect(asked(shown, "send")).toEqual([[1, "hello again", { replyTo: HELLO.id }]]);
  expect(screen.queryByText("Reply to Bob")).toBeNull();
  await answer(shown, "send", { ok: false, error: { type: "StorageFull" } });
  expect(screen.getByText("Reply to Bob")).toBeTruthy();
});

test("[AMN4] a letter in a menu leads to the next item that begins with it, and is typed nowhere", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  await openMenu("hello Bob");
  const menu = screen.getByRole("menu");
  for (const [key, name] of [
    ["f", "Forward"],
    ["D", "Delete for me"],
    ["d", "Delete for everyone"],
    ["d", "Delete for me"],
    ["x", "Delete for me"],
  ] as const) {
    // Not handled by anything else: a letter that nothing takes goes to the composer.
    expect(fireEvent.keyDown(menu, { key })).toBe(false);
    expect(document.activeElement?.textContent).toBe(name);
  }
});

test("[ACO8] what was deleted while one answers it is answered no more, and its words are gone", async () => {
  const db = await chat();
  await show(<Conversation c={1} />, { db });
  await choose("hello Alice", "Reply");
  expect(screen.getByText("Reply to Bob")).toBeTruthy();
  await became(db, HELLO, { deleted: { stamp: stamp(6), value: THEM } });
  await waitFor(() => expect(screen.queryByText("Reply to Bob")).toBeNull());
});

test("[AED1] a message cannot be emptied, which is said", async () => {
  const shown = await show(<Conversation c={1} />, { db: await chat() });
  await choose("hello Bob", "Edit");
  const field = screen.getByRole("textbox", { name: "Message" });
  fireEvent.input(field, { target: { value: " " } });
  fireEvent.keyDown(field, { key: "Enter" });
  expect(screen.getByText("A message needs some text.")).toBeTruthy();
  expect(asked(shown, "edit")).toEqual([]);
});

test("[ACO7] Escape gives up an answer also when nothing has the focus", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  await choose("hello Alice", "Reply");
  screen.getByRole("textbox", { name: "Message" }).blur();
  expect(fireEvent.keyDown(document.body, { key: "Escape" })).toBe(false);
  expect(screen.queryByText("Reply to Bob")).toBeNull();
  expect(fireEvent.keyDown(document.body, { key: "Escape" })).toBe(true);
});

test("[ACO6] Up in an empty field changes one's last message, and the draft comes back", async () => {
  const shown = await show(<Conversation c={1} />, { db: await chat() });
  const field = await screen.findByRole("textbox", { name: "Message" });
  fireEvent.keyDown(field, { key: "ArrowUp" });
  const edit = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  expect(edit.value).toBe("hello Bob");
  fireEvent.input(edit, { target: { value: "hello Bobby" } });
  fireEvent.keyDown(edit, { key: "Enter" });
  expect(asked(shown, "edit")).toEqual([[1, OURS.id, "hello Bobby"]]);
  await answer(shown, "edit", { ok: true, value: undefined });
  expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" }).value).toBe("");
});

test("[AAC1] what was done is announced", async () => {
  const shown = await show(<Conversation c={1} />, { db: await chat() });
  await choose("hello Alice", "Pin");
  expect(asked(shown, "pin")).toEqual([[1, HELLO.id, true]]);
  await answer(shown, "pin", { ok: true, value: undefined });
  expect(shown.container.querySelector("[aria-live='polite']")?.textContent).toBe("Pinned");
});

test("[AAC2] what failed is shown until the next", async () => {
  const shown = await show(<Conversation c={1} />, { db: await chat() });
  await choose("hello Alice", "Star");
  await answer(shown, "star", { ok: false, error: { type: "MessageGone" } });
  await waitFor(() => expect(screen.getByText("This message was deleted.")).toBeTruthy());
  await choose("hello Alice", "Star");
  expect(screen.queryByText("This message was deleted.")).toBeNull();
});

test("[ARE1] [ARE2] reactions are told with their people, toggled, and typed", async () => {
  const db = await chat();
  const on = (account: string, seq: number) => ({
    account,
    emoji: "👍",
    on: true,
    stamp: stamp(seq),
  });
  await became(db, OURS, { reactions: [on(US, 6), on(THEM, 5)] });
  const shown = await show(<Conversation c={1} />, { db });
  const chip = await screen.findByRole("button", { name: "👍 2 by You, Bob" });
  expect(chip.getAttribute("aria-pressed")).toBe("true");
  fireEvent.click(chip);
  await choose("hello Bob", "React");
  fireEvent.click(screen.getByRole("button", { name: "😂" }));
  await choose("hello Bob", "React");
  const field = screen.getByRole("textbox", { name: "Any emoji" });
  fireEvent.input(field, { target: { value: "ab" } });
  fireEvent.submit(field.closest("form")!);
  expect(screen.getByText("That is not a single emoji.")).toBeTruthy();
  fireEvent.input(field, { target: { value: "🦄" } });
  fireEvent.submit(field.closest("form")!);
  expect(asked(shown, "react")).toEqual([
    [1, OURS.id, "👍", false],
    [1, OURS.id, "😂", true],
    [1, OURS.id, "🦄", true],
  ]);
});

test("[AAN1] an answer that was begun waits where it was begun", async () => {
  const db = await chat();
  await channelsOf(db).add(channel(3, { kind: "self", account: US }));
  const at = (c: number): ReactElement => <Conversation key={c} c={c} />;
  const Chats = (): ReactElement => {
    const [c, setC] = useState(1);
    return (
      <>
        <button onClick={() => setC(4 - c)}>Other chat</button>
        {at(c)}
      </>
    );
  };
  const turn = (): void => void fireEvent.click(screen.getByText("Other chat"));
  const shown = await show(<Chats />, { db });
  await choose("hello Alice", "Reply");
  expect(screen.getByText("Reply to Bob")).toBeTruthy();
  turn();
  await screen.findByRole("heading", { level: 1, name: "Note to self" });
  expect(screen.queryByText("Reply to Bob")).toBeNull();
  turn();
  await screen.findByText("Reply to Bob");
  const field = screen.getByRole("textbox", { name: "Message" });
  fireEvent.input(field, { target: { value: "hello again" } });
  fireEvent.keyDown(field, { key: "Enter" });
  expect(asked(shown, "send")).toEqual([[1, "hello again", { replyTo: HELLO.id }]]);
  turn();
  await screen.findByRole("heading", { level: 1, name: "Note to self" });
  turn();
  await screen.findByRole("heading", { level: 1, name: "Bob" });
  expect(screen.queryByText("Reply to Bob")).toBeNull();
});

test("[AFW1] [APK2] a message is passed on to chats in which one may write", async () => {
  const db = await chat();
  await contactsOf(db).add(contact("cc".repeat(32), { name: "Carol", state: "request" }));
  await channelsOf(db).add(channel(2, { account: "cc".repeat(32) }));
  await channelsOf(db).add(channel(3, { kind: "self", account: US }));
  const shown = await show(<Conversation c={1} />, { db });
  await choose("hello Bob", "Forward");
  const boxes = await screen.findAllByRole("checkbox");
  expect(boxes).toHaveLength(2);
  await waitFor(() => expect(document.activeElement).toBe(boxes[0]));
  fireEvent.click(screen.getByRole("checkbox", { name: /Note to self/u }));
  fireEvent.click(screen.getByRole("button", { name: "Forward" }));
  expect(asked(shown, "send")).toEqual([[3, "hello Bob", { forwarded: true }]]);
});

test("[AMP1] the newest pinned message stands on top, and leads to its place", async () => {
  const db = await chat();
  await became(db, HELLO, { pin: { stamp: stamp(5), value: true } });
  await became(db, OURS, {
    pin: { stamp: stamp(6), value: true },
    star: { stamp: stamp(7), value: true },
  });
  await show(<Conversation c={1} />, { db });
  const bar = await screen.findByRole("region", { name: "Pinned messages" });
  expect(bar.textContent).toBe("Pinned messagehello BobAll 2");
  fireEvent.click(within(bar).getByRole("button", { name: /hello Bob/u }));
  const target = await message("hello Bob");
  await waitFor(() => expect(document.activeElement).toBe(target));
  fireEvent.click(within(bar).getByRole("button", { name: "All 2" }));
  const list = screen.getByRole("dialog");
  await waitFor(() => expect(within(list).getAllByRole("listitem")).toHaveLength(2));
  fireEvent.click(within(list).getByRole("button", { name: "Close" }));
  fireEvent.click(screen.getByRole("button", { name: "Starred messages" }));
  const starred = await screen.findByRole("dialog");
  await waitFor(() => expect(within(starred).getAllByRole("listitem")).toHaveLength(1));
});

test("[AUN3] what was deleted is not new", () => {
  expect(isUnread(HELLO, new Map())).toBe(true);
  expect(isUnread(GONE, new Map())).toBe(false);
});
