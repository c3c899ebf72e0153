import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { contactsOf, rostersOf } from "../../../../app/db/tables.ts";
import { GroupDetails } from "../../../../app/features/groups/group-details.tsx";
import { member, THEM, US } from "../../db/rows.ts";
import { CALM, show, type Shown } from "../../screen.tsx";
import {
  answer,
  asked,
  BOB_CHAT,
  CAROL,
  DAVE,
  GROUP,
  groupDb,
  membersAs,
  OK,
  refused,
} from "./stage.ts";

async function shown(db = groupDb(), onClose = (): void => undefined): Promise<Shown> {
  const app = await show(<GroupDetails c={GROUP} account="00" onClose={onClose} />, {
    db: await db,
  });
  await screen.findByRole("list", { name: "Members" });
  return app;
}

const buttons = (): readonly string[] =>
  screen.getAllByRole("button").map((it) => it.getAttribute("aria-label") ?? it.textContent);
const openMenu = (name: string): readonly string[] => {
  fireEvent.click(screen.getByRole("button", { name: `Actions for ${name}` }));
  return screen.getAllByRole("menuitem").map((it) => it.textContent);
};
const choose = (item: string): void =>
  void fireEvent.click(screen.getByRole("menuitem", { name: item }));
const press = (name: string): void => {
  const dialog = screen.queryByRole("dialog");
  const where = dialog === null ? screen : within(dialog);
  fireEvent.click(where.getByRole("button", { name }));
};

test("[AGD1] [AMB1] an owner is offered all, and a member what members may", async () => {
  await shown();
  expect(buttons()).toEqual([
    "Hide details",
    "Edit group",
    "Add member",
    "Invite links",
    "Actions for Bob",
    "Actions for Carol",
    "Leave group",
  ]);
  expect(openMenu("Bob")).toEqual(["Open chat", "Make admin", "Make owner", "Remove from group"]);
});

test("[AGD1] [AMB1] a member opens chats, leaves, and nothing else", async () => {
  await shown(groupDb(membersAs("member", "owner")));
  expect(buttons()).toEqual(["Hide details", "Actions for Bob", "Leave group"]);
  expect(openMenu("Bob")).toEqual(["Open chat"]);
});

test("[AMB1] an admin has no power over another who came first, and none over owners", async () => {
  const db = await groupDb([member(THEM, "owner"), member(CAROL, "admin"), member(US, "admin")]);
  await shown(Promise.resolve(db));
  expect(screen.queryByRole("button", { name: "Actions for Carol" })).toBeNull();
  await act(async () => {
    await rostersOf(db).update(GROUP, { members: [member(US, "admin"), member(CAROL, "admin")] });
  });
  await screen.findByRole("button", { name: "Actions for Carol" });
  expect(openMenu("Carol")).toEqual(["Make ordinary member", "Remove from group"]);
});

test("[AGD3] who is in it stands there with role and presence", async () => {
  const { engine } = await shown();
  const presence = { [THEM]: { online: true, lastSeenMs: 0 } };
  act(() => engine.say({ type: "status", status: { ...CALM, presence } }));
  // Who somebody is and whether they are here come on two ways.
  await waitFor(() => {
    const items = within(screen.getByRole("list", { name: "Members" })).getAllByRole("listitem");
    expect(items.map((it) => it.querySelector(".member-words")?.textContent)).toEqual([
      "Alice You, Owner",
      "Bob Member, online",
      "Carol Member",
    ]);
  });
});

test("[AMB2] a role that can be taken back is given at once, and a refusal is said", async () => {
  const app = await shown();
  openMenu("Bob");
  choose("Make admin");
  await waitFor(() => expect(asked(app)).toEqual([["setRole", GROUP, THEM, "admin"]]));
  await answer(app, refused({ type: "TargetNotMember" }));
  expect(screen.getByRole("alert").textContent).toBe("They are not in the group any more.");
  openMenu("Bob");
  choose("Open chat");
  expect(app.location.history?.at(-1)).toBe(`/chat/${BOB_CHAT}`);
});

test("[AMB2] [AAD1] [AAD2] [AAD3] who is removed is asked about first, and a refusal said there", async () => {
  const app = await shown();
  screen.getByRole("button", { name: "Actions for Carol" }).focus();
  openMenu("Carol");
  choose("Remove from group");
  expect(screen.getByRole("dialog", { name: "Remove Carol from the group?" })).toBeTruthy();
  expect(document.activeElement?.textContent).toBe("Cancel");
  expect(asked(app)).toEqual([]);
  press("Remove from group");
  await waitFor(() => expect(asked(app)).toEqual([["remove", GROUP, CAROL]]));
  await answer(app, refused({ type: "RankTooLow" }));
  expect(within(screen.getByRole("dialog")).getByRole("alert").textContent).toMatch(/same role/u);
  press("Remove from group");
  await waitFor(() => expect(asked(app)).toHaveLength(2));
  await answer(app, OK);
  expect(screen.queryByRole("dialog")).toBeNull();
  // The button that asked is about to go.
  expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Group details" }));
});

test("[AMB2] making an owner is asked about first", async () => {
  const app = await shown();
  openMenu("Bob");
  choose("Make owner");
  press("Make owner");
  await waitFor(() => expect(asked(app)).toEqual([["setRole", GROUP, THEM, "owner"]]));
});

test("[ALV1] [ALV2] the last owner hears who owns the group afterwards, and leaves its details with it", async () => {
  const onClose = vi.fn<() => void>();
  const app = await shown(groupDb(), onClose);
  press("Leave group");
  expect(screen.getByRole("dialog").textContent).toContain("Bob becomes the owner");
  press("Leave group");
  await waitFor(() => expect(asked(app)).toEqual([["leave", GROUP]]));
  expect(onClose).not.toHaveBeenCalled();
  await answer(app, OK);
  expect(onClose).toHaveBeenCalledTimes(1);
});

test("[ALV1] one of two owners leaves no question who owns it", async () => {
  await shown(groupDb(membersAs("owner", "owner")));
  press("Leave group");
  expect(screen.getByRole("dialog").textContent).not.toContain("becomes the owner");
});

test("[ALV1] whoever is alone in it hears that it ends", async () => {
  await shown(groupDb([member(US, "owner")]));
  press("Leave group");
  expect(screen.getByRole("dialog").textContent).toContain("Nobody else is in it");
});

test("[AAM1] [AAM2] contacts who are not in it are added, and it goes on where it stopped", async () => {
  const app = await shown();
  press("Add member");
  const offered = await screen.findAllByRole("checkbox");
  expect(offered.map((it) => it.closest("label")?.textContent)).toEqual(["DDave"]);
  press("Add");
  expect(asked(app)).toEqual([]);
  fireEvent.click(offered[0]!);
  press("Add");
  await waitFor(() => expect(asked(app)).toEqual([["add", GROUP, DAVE]]));
  await answer(app, refused({ type: "GroupFull", limit: 500 }));
  expect(within(screen.getByRole("dialog")).getByRole("alert").textContent).toBe(
    "The group is full: 500 people is the limit.",
  );
  press("Add");
  await waitFor(() => expect(asked(app)).toHaveLength(2));
  await answer(app, refused({ type: "AlreadyMember" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await screen.findByText("1 person added");
});

test("[AAM3] when all contacts are in it, the way to a link is there", async () => {
  await shown(groupDb([...membersAs("owner"), member(DAVE)]));
  press("Add member");
  await screen.findByText(/All of your contacts are in this group/u);
  expect(screen.queryByRole("button", { name: "Add" })).toBeNull();
  press("Invite links");
  expect(screen.getByRole("dialog", { name: "Invite links" })).toBeTruthy();
});

test("[AEG1] only what changed is said", async () => {
  const app = await shown(groupDb(membersAs("owner"), { topic: "Ropes" }));
  press("Edit group");
  press("Save");
  expect(asked(app)).toEqual([]);
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  press("Edit group");
  const name = screen.getByRole("textbox", { name: "Group name" });
  fireEvent.input(name, { target: { value: "Bouldering" } });
  press("Save");
  await waitFor(() => expect(asked(app)).toEqual([["describe", GROUP, { title: "Bouldering" }]]));
  await answer(app, refused({ type: "RoleTooLow", needed: "admin" }));
  expect(document.getElementById("group-failure")?.textContent).toBe(
    "Only admins and owners can do that.",
  );
  fireEvent.click(screen.getByRole("radio", { name: "All" }));
  press("Save");
  await waitFor(() =>
    expect(asked(app).at(-1)).toEqual(["describe", GROUP, { title: "Bouldering", history: "all" }]),
  );
});

test("[AEG1] what another admin changes meanwhile is not changed back", async () => {
  const db = await groupDb();
  const app = await shown(Promise.resolve(db));
  press("Edit group");
  fireEvent.input(screen.getByRole("textbox", { name: "Topic" }), { target: { value: "Ropes" } });
  await act(async () => void (await rostersOf(db).update(GROUP, { title: "Bouldering" })));
  await screen.findByText("Bouldering");
  press("Save");
  await waitFor(() => expect(asked(app)).toEqual([["describe", GROUP, { topic: "Ropes" }]]));
});

test("[AGD2] the details have the focus when they open", async () => {
  await shown();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Hide details");
});

test("[AMX1] in a large group somebody is found by a part of their name", async () => {
  const many = Array.from({ length: 60 }, (_, i) => member(`${i + 10}`.padStart(64, "0")));
  const db = await groupDb([member(US, "owner"), member(THEM), member(CAROL), ...many]);
  await contactsOf(db).update(CAROL, { name: "Cárol" });
  await shown(Promise.resolve(db));
  const items = () =>
    within(screen.getByRole("list", { name: "Members" })).getAllByRole("listitem");
  await waitFor(() => expect(items()).toHaveLength(63));
  const find = screen.getByRole("searchbox", { name: "Find a member" });
  fireEvent.input(find, { target: { value: "CARO" } });
  await waitFor(() => expect(items()).toHaveLength(1));
  expect(items()[0]?.textContent).toContain("Cárol");
});

test("[AMX2] contacts in the list are followed while it is open", async () => {
  const app = await shown();
  const followed = (): unknown =>
    app.engine.heard
      .flatMap((it) => (it.type === "note" && it.note.type === "watch" ? [it.note.accounts] : []))
      .at(-1);
  expect(followed()).toEqual([THEM]);
  app.unmount();
  expect(followed()).toEqual([]);
});
