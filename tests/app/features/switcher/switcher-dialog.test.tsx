import "fake-indexeddb/auto";
import { act, fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { readChats } from "../../../../app/db/chats.ts";
import { channelsOf, contactsOf } from "../../../../app/db/tables.ts";
import { type Doing, SwitcherDialog } from "../../../../app/features/switcher/switcher-dialog.tsx";
import { channel, contact, openRows, THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

async function shown(doings: readonly Doing[] = []) {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { name: "Bob" }));
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US }),
    channel(2, { lastH: 9, unread: 3 }),
  ]);
  const [onChoose, onClose] = [vi.fn<(c: number) => void>(), vi.fn<() => void>()];
  const chats = await readChats(db);
  const props = { chats, doings, openC: 2, onChoose, onClose };
  await show(<SwitcherDialog {...props} />, { db });
  const field = screen.getByRole("combobox", { name: "Find a chat" });
  const chosen = (): string | null =>
    document.getElementById(field.getAttribute("aria-activedescendant") ?? "")?.textContent ?? null;
  return { field, chosen, onChoose };
}

const type = (field: HTMLElement, value: string): void =>
  act(() => void fireEvent.input(field, { target: { value } }));

test("[ASW1] arrows go round the matches, Enter opens the chosen one, a click any", async () => {
  const { field, chosen, onChoose } = await shown();
  expect(document.activeElement).toBe(field);
  expect(chosen()).toContain("Note to self");
  fireEvent.keyDown(field, { key: "ArrowDown" });
  expect(chosen()).toContain("Bob");
  expect(screen.getByRole("option", { name: /Bob.*3 unread/u, selected: true })).toBeTruthy();
  fireEvent.keyDown(field, { key: "ArrowDown" });
  expect(chosen()).toContain("Note to self");
  fireEvent.keyDown(field, { key: "ArrowUp" });
  expect(chosen()).toContain("Bob");
  type(field, "note");
  expect(chosen()).toContain("Note to self");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(onChoose).toHaveBeenLastCalledWith(1);
  type(field, "");
  fireEvent.click(screen.getByRole("option", { name: /Bob/u }));
  expect(onChoose).toHaveBeenLastCalledWith(2);
});

test("[ASW2] while an input method composes, its keys choose nothing", async () => {
  const { field, chosen, onChoose } = await shown();
  fireEvent.keyDown(field, { key: "ArrowDown", isComposing: true });
  expect(chosen()).toContain("Note to self");
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  expect(onChoose).not.toHaveBeenCalled();
});

test("[ASW3] says how many match, or that none does", async () => {
  const { field, onChoose } = await shown();
  expect(screen.getByRole("status").textContent).toBe("2 chats");
  type(field, "bo");
  expect(screen.getByRole("status").textContent).toBe("1 chat");
  type(field, "nobody");
  expect(screen.getByRole("status").textContent).toBe("No chat has that name.");
  expect(field.getAttribute("aria-expanded")).toBe("false");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(onChoose).not.toHaveBeenCalled();
});

test("[ASW4] what one can do stands behind the chats, and is found by its name", async () => {
  const onDo = vi.fn<() => void>();
  const { field, chosen, onChoose } = await shown([
    { id: "export", name: "Export backup", onDo },
    { id: "newGroup", name: "New group", onDo: () => undefined },
  ]);
  const options = screen.getAllByRole("option").map(({ textContent }) => textContent);
  expect(options.slice(2)).toEqual(["Export backup", "New group"]);
  expect(screen.getByRole("status").textContent).toBe("2 chats, 2 actions");
  type(field, "backup");
  expect(screen.getByRole("status").textContent).toBe("1 action");
  expect(chosen()).toBe("Export backup");
  fireEvent.keyDown(field, { key: "Enter" });
  expect(onDo).toHaveBeenCalledTimes(1);
  expect(onChoose).not.toHaveBeenCalled();
});
