import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { Dexie } from "dexie";
import { expect, test } from "vitest";

import {
  channelsOf,
  chatMarksOf,
  contactsOf,
  cursorsOf,
  entriesOf,
  logsOf,
  metaOf,
} from "../../../../app/db/tables.ts";
import { Conversation } from "../../../../app/features/conversation/conversation.tsx";
import type { ContactState } from "../../../../sync/store/rows.ts";
import { ALWAYS_MS, NO_MARKS } from "../../../../sync/thread/chat-marks.ts";
import { channel, contact, cursor, entry, log, openRows, THEM, US } from "../../db/rows.ts";
import { CALM, show } from "../../screen.tsx";

const upTo = (floor: number) => ({ floor, ranges: [] });

/** Two messages of ours, two of theirs; theirs is log 2, of which one was read. */
async function chat(state: ContactState = "accepted"): Promise<Dexie> {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { state }));
  await channelsOf(db).add(channel(1, { unread: 1, arrivals: 4, lastH: 4 }));
  await logsOf(db).bulkAdd([
    log(1, { known: upTo(3), sent: upTo(2) }),
    log(2, { account: THEM, known: upTo(4), read: upTo(1) }),
  ]);
  await entriesOf(db).bulkAdd([
    entry(1, { a: 2, text: "hello <b>Alice</b>" }),
    entry(2, { own: true, text: "hello Bob" }),
    entry(3, { own: true, text: "are you there?" }),
    entry(4, { a: 2, text: "see https://a.example/x." }),
  ]);
  return db;
}

/** So many messages of theirs, from number `first` on. */
async function arrive(db: Dexie, first: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => first + i);
  await act(() =>
    db.transaction("rw", entriesOf(db), channelsOf(db), async () => {
      await entriesOf(db).bulkAdd(rows.map((n) => entry(n, { a: 2, text: `new ${n}` })));
      await channelsOf(db).update(1, { arrivals: first + count - 1 });
    }),
  );
}

const items = async (): Promise<readonly HTMLElement[]> =>
  within(await screen.findByRole("list", { name: "Messages" })).getAllByRole("listitem");

test("[ACL9] an empty chat whose messages are asked for is not said to begin here", async () => {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM));
  await channelsOf(db).add(channel(1, { history: "wanted" }));
  await show(<Conversation c={1} />, { db });
  await screen.findByText(/^Earlier messages are asked for/u);
  await act(async () => void (await channelsOf(db).put(channel(1))));
  await screen.findByText(/^This is the start of your chat/u);
});

test("[AOS3] on a device that was put out nothing can be written", async () => {
  const db = await chat();
  await contactsOf(db).add(contact(US, { state: "self", live: ["ee".repeat(16)] }));
  await metaOf(db).put({
    k: "self",
    v: { account: US, name: "Alice", device: "ff".repeat(16), certificate: new Uint8Array() },
  });
  await show(<Conversation c={1} />, { db });
  await screen.findByText(/nothing can be sent from it/u);
  expect(screen.queryByRole("textbox", { name: "Message" })).toBeNull();
});

test("[AMI1] an own message says its state in words, and follows the receipts", async () => {
  const db = await chat();
  await show(<Conversation c={1} />, { db });
  const [theirs, sent, waiting] = await items();
  expect(sent?.textContent).toMatch(/hello Bob.*Sent$/u);
  expect(waiting?.textContent).toMatch(/are you there\?.*Waiting to send$/u);
  expect(theirs?.textContent).not.toMatch(/Sent|Waiting/u);
  const own = await logsOf(db).get(1);
  await act(async () => {
    const known = upTo(3);
    await cursorsOf(db).put(
      cursor({
        delivered: [{ log: own!.log, known }],
        read: [{ log: own!.log, known: upTo(2) }],
      }),
    );
  });
  await waitFor(() => expect(sent?.textContent).toMatch(/Read$/u));
  expect(waiting?.textContent).toMatch(/Delivered$/u);
});

test("[AMI2] an item is named by author, text, what it answers, time and state", async () => {
  const db = await chat();
  const target = { log: new Uint8Array(16).fill(0x22), seq: 1, id: new Uint8Array(16) };
  const reply = { target, quote: "as it was" };
  const extra = { reply, mentions: [], attachments: [], whole: null, forwarded: true };
  await entriesOf(db).add(entry(5, { a: 2, text: "yes", extra }));
  await show(<Conversation c={1} />, { db });
  const answer = /^Bob yes Forwarded Answer to\s*Bob\s*:\s*hello <b>Alice<\/b> \d\d:\d\d$/u;
  expect(await screen.findByRole("listitem", { name: answer })).toBeTruthy();
  expect(
    await screen.findByRole("listitem", { name: /^You hello Bob \d\d:\d\d\s*Sent$/u }),
  ).toBeTruthy();
  expect(
    screen.getByRole("listitem", { name: /^Bob hello <b>Alice<\/b> \d\d:\d\d$/u }),
  ).toBeTruthy();
});

test("[AMI3] a text is text: markup stays as written, addresses open elsewhere", async () => {
  const { container } = await show(<Conversation c={1} />, { db: await chat() });
  await items();
  expect(container.querySelector("b")).toBeNull();
  const link = screen.getByRole("link", { name: "https://a.example/x" });
  expect(link.getAttribute("rel")).toContain("noopener");
  expect(link.getAttribute("target")).toBe("_blank");
});

test("[ANL1] the line stands before the first new message", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  const [, , third, last] = await items();
  expect(last?.textContent).toMatch(/^New messages/u);
  expect(third?.textContent).not.toMatch(/New messages/u);
});

test("[ANL2] what arrives under their eyes draws no line, and that of before stays", async () => {
  const db = await chat();
  await show(<Conversation c={1} />, { db });
  await items();
  await arrive(db, 5, 1);
  await waitFor(async () => expect(await items()).toHaveLength(5));
  const lined = (await items()).filter(({ textContent }) => textContent.startsWith("New messages"));
  expect(lined.map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining("see https://a.example/x."),
  ]);
});

test("[ANL3] the line goes when they write", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await chat() });
  await items();
  expect(screen.getByText("New messages")).toBeTruthy();
  const field = screen.getByRole("textbox", { name: "Message" });
  fireEvent.input(field, { target: { value: "I saw it" } });
  fireEvent.keyDown(field, { key: "Enter" });
  const ask = engine.heard.findLast((it) => it.type === "ask" && it.call.method === "send");
  const id = ask?.type === "ask" ? ask.id : 0;
  await act(async () =>
    engine.say({ type: "answer", id, answer: { ok: true, value: { id: "" } } }),
  );
  await waitFor(() => expect(screen.queryByText("New messages")).toBeNull());
});

test("[ACV1] what is in view is marked read, once for each state of things", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await chat() });
  await items();
  await waitFor(() =>
    expect(engine.heard).toContainEqual(
      expect.objectContaining({
        type: "ask",
        call: { part: "device", method: "markRead", args: [1] },
      }),
    ),
  );
});

test("[ACV1] as many that arrive right after as were marked read are marked read too", async () => {
  const db = await chat();
  const { engine } = await show(<Conversation c={1} />, { db });
  const asks = () =>
    engine.heard.filter((it) => it.type === "ask" && it.call.method === "markRead");
  await waitFor(() => expect(asks()).toHaveLength(1));
  // Marked, and the next arrived, before the page looked again: one is unread, as before.
  await act(async () => channelsOf(db).update(1, { unread: 1, arrivals: 5 }));
  await waitFor(() => expect(asks()).toHaveLength(2));
});

test("[ACO1] Enter sends, and the field is free at once", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await chat() });
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  fireEvent.input(field, { target: { value: "on my way" } });
  expect(engine.heard).toContainEqual({ type: "note", note: { type: "typing", c: 1 } });
  fireEvent.keyDown(field, { key: "Enter", shiftKey: true });
  expect(field.value).toBe("on my way");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(field.value).toBe("");
  expect(engine.heard).toContainEqual(
    expect.objectContaining({
      call: { part: "device", method: "send", args: [1, "on my way", {}] },
    }),
  );
});

test("[ACO2] over 100,000 characters it says by how much, and sends nothing", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await chat() });
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  const long = "😀".repeat(100_002);
  fireEvent.input(field, { target: { value: long } });
  expect(screen.getByText("100,002 of 100,000 characters")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Send" }));
  expect(screen.getByText(/^Too long by 2 characters\./u)).toBeTruthy();
  expect(field.value).toBe(long);
  expect(engine.heard.some((it) => it.type === "ask" && it.call.method === "send")).toBe(false);
});

test("[ACO3] a text that was refused is in the field again, before what was written since", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await chat() });
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  fireEvent.input(field, { target: { value: "first" } });
  fireEvent.keyDown(field, { key: "Enter" });
  fireEvent.input(field, { target: { value: "second" } });
  const ask = engine.heard.findLast((it) => it.type === "ask" && it.call.method === "send");
  const id = ask?.type === "ask" ? ask.id : 0;
  await act(async () =>
    engine.say({ type: "answer", id, answer: { ok: false, error: { type: "StorageFull" } } }),
  );
  await waitFor(() => expect(field.value).toBe("first\nsecond"));
  expect(screen.getByText(/out of space/u)).toBeTruthy();
});

test("[ACO4] an Enter that ends an input method's composition does not send", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await chat() });
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message" });
  fireEvent.input(field, { target: { value: "にほん" } });
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  expect(field.value).toBe("にほん");
  expect(engine.heard.some((it) => it.type === "ask" && it.call.method === "send")).toBe(false);
});

test("[AAR1] reads out what arrives, and no history", async () => {
  const db = await chat();
  const { container } = await show(<Conversation c={1} />, { db });
  await items();
  const region = container.querySelector("[aria-live='polite']");
  expect(region?.textContent).toBe("");
  await arrive(db, 5, 1);
  await waitFor(() => expect(region?.textContent).toBe("Bob: new 5"));
});

test("[AAR1] history that was asked for is not read out when it comes in above", async () => {
  const db = await chat();
  await channelsOf(db).update(1, { history: "wanted", lastH: 60 });
  const { container } = await show(<Conversation c={1} />, { db });
  await items();
  const region = container.querySelector("[aria-live='polite']");
  await arrive(db, 5, 2);
  await act(() =>
    db.transaction("rw", entriesOf(db), channelsOf(db), async () => {
      await entriesOf(db).add(entry(70, { a: 2, text: "news" }));
      await channelsOf(db).update(1, { arrivals: 70, lastH: 70 });
    }),
  );
  await waitFor(() => expect(region?.textContent).toBe("Bob: news"));
});

test("[AAR2] many at once are counted, not read", async () => {
  const db = await chat();
  const { container } = await show(<Conversation c={1} />, { db });
  await items();
  await arrive(db, 5, 4);
  const region = container.querySelector("[aria-live='polite']");
  await waitFor(() => expect(region?.textContent).toBe("4 new messages"));
});

test("[AWL1] while one is at the newest end, what arrives appears", async () => {
  const db = await chat();
  await show(<Conversation c={1} />, { db });
  await items();
  await arrive(db, 5, 1);
  await waitFor(async () => expect((await items()).at(-1)?.textContent).toContain("new 5"));
});

test("[ARQ1] a stranger's request is answered before anything is written", async () => {
  const { engine } = await show(<Conversation c={1} />, { db: await chat("request") });
  fireEvent.click(await screen.findByRole("button", { name: "Accept" }));
  expect(screen.queryByRole("textbox", { name: "Message" })).toBeNull();
  expect(engine.heard).toContainEqual(
    expect.objectContaining({ call: { part: "device", method: "decide", args: [THEM, "accept"] } }),
  );
  expect(engine.heard.some((it) => it.type === "ask" && it.call.method === "markRead")).toBe(false);
});

test("[AMF1] message info tells id, time and state, and Escape gives the focus back", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  const [, own] = await items();
  fireEvent.click(within(own!).getByRole("button", { name: "Message actions" }));
  fireEvent.click(screen.getByRole("menuitem", { name: "Info" }));
  const info = screen.getByRole("complementary", { name: "Message info" });
  expect(info.textContent).toContain("ID1-1-2");
  expect(info.textContent).toContain("Sent");
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(document.activeElement).toBe(own);
});

test("[ARV1] arrow keys walk from message to message, the newest is reached by Tab", async () => {
  await show(<Conversation c={1} />, { db: await chat() });
  const list = await items();
  expect(list.map(({ tabIndex }) => tabIndex)).toEqual([-1, -1, -1, 0]);
  act(() => list[3]!.focus());
  fireEvent.keyDown(list[3]!, { key: "ArrowUp" });
  expect(document.activeElement).toBe(list[2]);
  await waitFor(() => expect(list[2]!.tabIndex).toBe(0));
  fireEvent.keyDown(list[2]!, { key: "Home" });
  expect(document.activeElement).toBe(list[0]);
});

test("[ARV2] when the chosen message goes, the newest has the focus", async () => {
  const db = await chat();
  await show(<Conversation c={1} />, { db });
  const list = await items();
  act(() => list[0]!.focus());
  await waitFor(() => expect(list[0]!.tabIndex).toBe(0));
  await act(() =>
    entriesOf(db)
      .filter(({ id }) => id === "ID1-2-1")
      .delete(),
  );
  await waitFor(async () => expect(await items()).toHaveLength(3));
  const left = await items();
  expect(left.map(({ tabIndex }) => tabIndex)).toEqual([-1, -1, 0]);
  expect(document.activeElement).toBe(left[2]);
});

test("[APS1] says online, last seen and writing in words", async () => {
  const db = await chat();
  await contactsOf(db).update(THEM, { lastSeenMs: Date.now() - 5 * 60_000 });
  const { engine } = await show(<Conversation c={1} />, { db });
  expect(await screen.findByText("last seen 5 minutes ago")).toBeTruthy();
  const presence = { [THEM]: { online: true, lastSeenMs: 0 } };
  act(() => engine.say({ type: "status", status: { ...CALM, presence } }));
  expect(await screen.findByText("online")).toBeTruthy();
  act(() => engine.say({ type: "status", status: { ...CALM, presence, typing: { 1: [THEM] } } }));
  expect(await screen.findByText("Bob is writing…")).toBeTruthy();
});

test("[AHE2] that a chat is muted is seen in its header", async () => {
  const db = await chat();
  await show(<Conversation c={1} />, { db });
  const heading = await screen.findByRole("heading", { level: 1, name: "Bob" });
  const stamp = { hEff: 1, tie: 1, seq: 1, id: "" };
  const muted = { stamp, value: { untilMs: ALWAYS_MS, level: 0 } };
  await act(async () => {
    await chatMarksOf(db).put({ id: channel(1).id, marks: { ...NO_MARKS, muted } });
  });
  await waitFor(() => expect(heading.textContent).toMatch(/muted$/u));
});
