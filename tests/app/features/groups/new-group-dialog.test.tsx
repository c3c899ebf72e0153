import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { contactsOf } from "../../../../app/db/tables.ts";
import { NewGroupDialog } from "../../../../app/features/groups/new-group-dialog.tsx";
import { contact, openRows, THEM } from "../../db/rows.ts";
import { show } from "../../screen.tsx";
import { answer, asked, DAVE, groupDb, OK, refused } from "./stage.ts";

async function shown(db = groupDb()) {
  const onMade = vi.fn<(c: number) => void>();
  const app = await show(<NewGroupDialog onMade={onMade} onClose={() => undefined} />, {
    db: await db,
  });
  const name = await screen.findByRole<HTMLInputElement>("textbox", { name: "Group name" });
  return { app, name, onMade };
}

const type = (name: string, value: string): void =>
  void fireEvent.input(screen.getByRole("textbox", { name }), { target: { value } });
const create = (): void =>
  void fireEvent.click(screen.getByRole("button", { name: "Create group" }));

test("[ANG1] a name is all that a group needs", async () => {
  const { app, onMade } = await shown(openRows());
  expect(await screen.findByText(/You have no contacts yet/u)).toBeTruthy();
  create();
  expect(screen.getByRole("alert").textContent).toBe("Give the group a name first.");
  expect(asked(app)).toEqual([]);
  const name = screen.getByRole("textbox", { name: "Group name" });
  expect(name.getAttribute("aria-invalid")).toBe("true");
  type("Group name", "Climbing");
  expect(name.getAttribute("aria-invalid")).toBe("false");
  expect(screen.getByRole("alert").textContent).toBe("");
  create();
  await waitFor(() => expect(asked(app)).toEqual([["create", "Climbing", [], "none"]]));
  await answer(app, { ok: true, value: { c: 7 } });
  expect(onMade).toHaveBeenCalledWith(7);
});

test("[ANG1] who is in it, what newcomers read and what it is about can be said", async () => {
  const { app, onMade } = await shown();
  fireEvent.click(await screen.findByRole("checkbox", { name: "Dave" }));
  fireEvent.click(screen.getByRole("checkbox", { name: "Bob" }));
  fireEvent.click(screen.getByRole("radio", { name: "The last 7 days" }));
  type("Group name", "Climbing");
  type("Topic (optional)", "Who belays whom");
  create();
  await waitFor(() => expect(asked(app)).toEqual([["create", "Climbing", [DAVE, THEM], "week"]]));
  await answer(app, { ok: true, value: { c: 7 } });
  await waitFor(() =>
    expect(asked(app).at(-1)).toEqual(["describe", 7, { topic: "Who belays whom" }]),
  );
  await answer(app, OK);
  expect(onMade).toHaveBeenCalledWith(7);
});

test("[ANG2] what was refused is said, and nothing that was typed is gone", async () => {
  const { app, name, onMade } = await shown();
  type("Group name", "x".repeat(300));
  create();
  await waitFor(() => expect(asked(app)).toHaveLength(1));
  await answer(app, refused({ type: "NameTooLong", limit: 256 }));
  expect(screen.getByRole("alert").textContent).toBe("That is too long: 256 bytes at most.");
  expect(name.value).toHaveLength(300);
  expect(document.activeElement).toBe(name);
  expect(onMade).not.toHaveBeenCalled();
});

test("[ACP1] only people whom one accepted are offered, by name", async () => {
  await shown();
  const names = (await screen.findAllByRole("checkbox")).map(
    (it) => it.closest("label")?.textContent,
  );
  expect(names).toEqual(["BBob", "DDave"]);
});

test("[APK1] [APK3] the list is narrowed, who was chosen stays so, and Enter chooses the first", async () => {
  const db = await groupDb();
  await contactsOf(db).bulkAdd(
    ["Élodie", "Frank", "Gita", "Hugo"].map((name, i) => contact(`e${i}`.repeat(32), { name })),
  );
  const { app } = await shown(Promise.resolve(db));
  fireEvent.click(await screen.findByRole("checkbox", { name: "Bob" }));
  const find = screen.getByRole("searchbox", { name: "Find a contact" });
  fireEvent.input(find, { target: { value: "elo" } });
  expect(screen.getAllByRole("checkbox")).toHaveLength(1);
  expect(fireEvent.keyDown(find, { key: "Enter" })).toBe(false);
  expect(screen.getByRole<HTMLInputElement>("checkbox", { name: "Élodie" }).checked).toBe(true);
  expect(screen.getByRole("status").textContent).toBe("2 chosen");
  fireEvent.input(find, { target: { value: "nobody" } });
  expect(screen.getByRole("status").textContent).toBe("No contact has that name.");
  type("Group name", "Climbing");
  create();
  await waitFor(() => expect(asked(app)[0]?.[2]).toEqual([THEM, "e0".repeat(32)]));
});
