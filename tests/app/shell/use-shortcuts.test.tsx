import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, test, vi } from "vitest";
import { useRoute } from "wouter";

import { type Chat, readChats } from "../../../app/db/chats.ts";
import { channelsOf, contactsOf } from "../../../app/db/tables.ts";
import { useShortcuts } from "../../../app/shell/use-shortcuts.ts";
import { channel, contact, openRows, THEM, US } from "../db/rows.ts";
import { type Shown, show } from "../screen.tsx";

const onSwitcher = vi.fn<() => void>();
const onKeys = vi.fn<() => void>();

function Keys({ chats }: { readonly chats: readonly Chat[] }): ReactElement {
  const [isChat, params] = useRoute("/chat/:c");
  useShortcuts(chats, params === null ? null : Number(params["c"]), { onSwitcher, onKeys });
  return isChat ? <textarea className="composer-field" aria-label="Message" /> : <p>a page</p>;
}

async function shown(path = "/chat/1"): Promise<Shown> {
  vi.clearAllMocks();
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { name: "Bob" }));
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US, lastH: 99 }),
    channel(2, { lastH: 9, unread: 3 }),
  ]);
  return await show(<Keys chats={await readChats(db)} />, { db, path });
}

const press = (key: string, more: KeyboardEventInit = {}): boolean =>
  fireEvent.keyDown(document.body, { key, ...more });

test("[AKB1] goes to other chats, unread ones with Shift, and says where one is", async () => {
  const { container, location } = await shown();
  const announced = (): string | undefined =>
    container.querySelector("[aria-live=polite]")?.textContent;
  press("ArrowDown", { altKey: true, shiftKey: true });
  await waitFor(() => expect(location.history.at(-1)).toBe("/chat/2"));
  expect(announced()).toBe("Bob, 3 unread");
  press("ArrowDown", { altKey: true });
  expect(announced()).toBe("This is the last chat");
  press("ArrowUp", { altKey: true, shiftKey: true });
  expect(announced()).toBe("No unread chat above");
  expect(location.history.at(-1)).toBe("/chat/2");
  press("ArrowUp", { altKey: true });
  await waitFor(() => expect(location.history.at(-1)).toBe("/chat/1"));
  expect(announced()).toBe("Note to self");
});

test("[AKB2] a letter goes to the composer, from wherever nothing takes it", async () => {
  await shown();
  press("a");
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Message" }));
});

test("[AKB3] Escape goes to the composer, then to the list", async () => {
  const { location } = await shown();
  press("Escape");
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Message" }));
  press("Escape");
  await waitFor(() => expect(location.history.at(-1)).toBe("/"));
});

test("[AKB3] Escape leaves what has no composer at once", async () => {
  const { location } = await shown("/history");
  press("Escape");
  await waitFor(() => expect(location.history.at(-1)).toBe("/"));
});

test("[AKB4] Ctrl+K and Ctrl+/ open their lists, on other keyboards too, and nothing else", async () => {
  await shown();
  expect(press("k", { ctrlKey: true })).toBe(false);
  press("л", { ctrlKey: true, code: "KeyK" });
  expect(onSwitcher).toHaveBeenCalledTimes(2);
  press("/", { ctrlKey: true, shiftKey: true });
  expect(onKeys).toHaveBeenCalledTimes(1);
  for (const other of [
    { ctrlKey: true, altKey: true },
    { ctrlKey: true, isComposing: true },
    { metaKey: true },
    { ctrlKey: true, keyCode: 229 },
  ]) {
    expect(press("k", other)).toBe(true);
  }
  expect(press("l", { ctrlKey: true })).toBe(true);
  expect(onSwitcher).toHaveBeenCalledTimes(2);
});
