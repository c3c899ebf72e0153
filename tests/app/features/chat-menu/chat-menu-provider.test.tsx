import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import type { Dexie } from "dexie";
import type { ReactElement } from "react";
import { expect, test } from "vitest";

import { channelsOf, chatMarksOf, contactsOf } from "../../../../app/db/tables.ts";
import { ChatMenuProvider } from "../../../../app/features/chat-menu/chat-menu-provider.tsx";
import { ChatList, useChats } from "../../../../app/features/chats/chat-list.tsx";
import { ALWAYS_MS, type ChatMarks, NO_MARKS } from "../../../../sync/thread/chat-marks.ts";
import { channel, contact, openRows, THEM, US } from "../../db/rows.ts";
import { type EngineEnd, show } from "../../screen.tsx";

function List(): ReactElement {
  return <ChatList chats={useChats() ?? []} openC={null} />;
}

async function shown(marks: Partial<ChatMarks> = {}) {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { name: "Bob" }));
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US }),
    channel(2, { lastH: 9, unread: 3, preview: { text: "are you there?", own: false } }),
  ]);
  await settle(db, marks);
  return await show(
    <ChatMenuProvider>
      <List />
    </ChatMenuProvider>,
    { db },
  );
}

const settle = async (db: Dexie, marks: Partial<ChatMarks>): Promise<void> => {
  await chatMarksOf(db).put({ id: channel(2).id, marks: { ...NO_MARKS, ...marks } });
};
const kept = <Value,>(value: Value) => ({ stamp: { hEff: 1, tie: 1, seq: 1, id: "" }, value });

const announced = (): string => document.querySelector("[aria-live=polite]")?.textContent ?? "";

async function openMenu(): Promise<HTMLElement> {
  const bob = await screen.findByRole("link", { name: /^Bob/u });
  bob.focus();
  fireEvent.contextMenu(bob);
  return await screen.findByRole("menu", { name: "Menu of Bob" });
}

const chosen = async (name: string): Promise<void> => {
  const menu = await openMenu();
  await act(async () => void fireEvent.click(within(menu).getByRole("menuitem", { name })));
};

/** The last call of the engine, answered. */
async function answered(engine: EngineEnd, answer: object): Promise<unknown> {
  const asked = await waitFor(() => {
    const found = engine.heard.findLast((it) => it.type === "ask");
    expect(found?.call.part).toBe("chats");
    return found;
  });
  await act(async () =>
    engine.say({ type: "answer", id: asked?.id ?? 0, answer: answer as never }),
  );
  return asked?.call;
}

test("[ACX1] [ACL7] offers to pin and archive, and says what was done", async () => {
  const { engine } = await shown();
  await chosen("Pin chat");
  const pin = { part: "chats", method: "pin", args: [2, true] };
  expect(await answered(engine, { ok: true, value: undefined })).toEqual(pin);
  await waitFor(() => expect(announced()).toBe("Pinned to the top"));
  await chosen("Archive");
  const archive = { part: "chats", method: "archive", args: [2, true] };
  expect(await answered(engine, { ok: true, value: undefined })).toEqual(archive);
});

test("[ACX2] says why something could not be done", async () => {
  const { engine } = await shown();
  await chosen("Pin chat");
  await answered(engine, { ok: false, error: { type: "StorageFull" } });
  await waitFor(() => expect(announced()).toMatch(/space|full/iu));
});

test("[ACX3] the focus goes back to where the menu was opened", async () => {
  await shown();
  const menu = await openMenu();
  fireEvent.keyDown(menu, { key: "Escape" });
  await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
  expect(document.activeElement).toBe(screen.getByRole("link", { name: /^Bob/u }));
});

test("[AMT1] mutes for as long as was chosen", async () => {
  const { engine } = await shown();
  await chosen("Mute");
  const dialog = await screen.findByRole("dialog", { name: "Mute this chat" });
  fireEvent.click(within(dialog).getByRole("radio", { name: "Always" }));
  await act(async () => void fireEvent.click(within(dialog).getByRole("button", { name: "Mute" })));
  const mute = { part: "chats", method: "mute", args: [2, ALWAYS_MS, "nothing"] };
  expect(await answered(engine, { ok: true, value: undefined })).toEqual(mute);
});

test("[ACL5] a muted chat says so, is not counted, and can be heard again", async () => {
  const { engine } = await shown({ muted: kept({ untilMs: ALWAYS_MS, level: 0 }) });
  await screen.findByRole("link", { name: /^Bob 3 unread, muted, are you there/u });
  await waitFor(() => expect(document.title).toBe("Kith"));
  await chosen("Unmute");
  const unmute = { part: "chats", method: "mute", args: [2, 0, "all"] };
  expect(await answered(engine, { ok: true, value: undefined })).toEqual(unmute);
});

test("[ACL6] archived chats stand in a part of their own, which opens", async () => {
  await shown({ archived: kept({ on: true, upToH: 9 }) });
  const button = await screen.findByRole("button", { name: "Archived (1)", expanded: false });
  expect(screen.queryByRole("link", { name: /^Bob/u })).toBeNull();
  fireEvent.click(button);
  const list = screen.getByRole("list", { name: "Archived (1)" });
  expect(within(list).getByRole("link", { name: /^Bob/u })).toBeTruthy();
});
