import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { rostersOf } from "../../../../app/db/tables.ts";
import { GroupDetails } from "../../../../app/features/groups/group-details.tsx";
import { JoinsBar } from "../../../../app/features/groups/joins.tsx";
import type { GroupLinkRow, JoinRow } from "../../../../sync/group/rows.ts";
import { THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";
import { answer, asked, CAROL, DAVE, GROUP, groupDb, membersAs, OK, refused } from "./stage.ts";

const LATER = Date.now() + 86_400_000;
const HOUR_MS = 3_600_000;

const link = (tag: string, row: Partial<GroupLinkRow> = {}): GroupLinkRow => ({
  tag,
  fragment: `fragment-${tag}`,
  by: US,
  madeAtMs: 0,
  expiresAtMs: LATER,
  uses: null,
  used: 0,
  approval: false,
  refused: [],
  ...row,
});

async function shownLinks(links: readonly GroupLinkRow[]) {
  const db = await groupDb(membersAs("owner"), { links });
  const app = await show(<GroupDetails c={GROUP} account="00" onClose={() => undefined} />, { db });
  fireEvent.click(await screen.findByRole("button", { name: "Invite links" }));
  const dialog = within(screen.getByRole("dialog"));
  return { app, db, dialog, items: () => dialog.queryAllByRole("listitem") };
}

test("[AGL1] a link says for how many it is, until when, and whether somebody is asked", async () => {
  const links = [link("a", { by: THEM, uses: 5, used: 2, approval: true }), link("b", { used: 1 })];
  const { items } = await shownLinks(links);
  expect(items()[0]?.textContent).toMatch(/^by Bob, used 2 of 5 times, until .*, with approval/u);
  expect(items()[1]?.textContent).toMatch(/^by you, used once, until [^,]*, \d\d:\d\dShow/u);
});

test("[AGL2] a link that leads nowhere says why, and offers nothing", async () => {
  const { items, dialog } = await shownLinks([
    link("a", { over: "withdrawn" }),
    link("b", { over: "maker", by: THEM }),
    link("c", { expiresAtMs: 1 }),
  ]);
  expect(items().map((it) => it.querySelector(".group-link-over")?.textContent)).toEqual([
    "Withdrawn",
    "Ended: who made it is no admin any more",
    "Expired",
  ]);
  expect(dialog.queryByRole("button", { name: "Withdraw" })).toBeNull();
});

test("[AGL3] a link is made as it was wished for, shown, and withdrawn", async () => {
  const { app, db, dialog } = await shownLinks([]);
  expect(dialog.getByText("No link leads into this group.")).toBeTruthy();
  fireEvent.click(dialog.getByRole("radio", { name: "10 people" }));
  fireEvent.click(dialog.getByRole("radio", { name: "1 day" }));
  fireEvent.click(dialog.getByRole("checkbox"));
  const make = dialog.getByRole("button", { name: "Make a link" });
  fireEvent.click(make);
  const terms = { uses: 10, expiresInMs: 23 * HOUR_MS, approval: true };
  await waitFor(() => expect(asked(app)).toEqual([["makeLink", GROUP, terms]]));
  await answer(app, refused({ type: "LinksTooMany", limit: 8 }));
  expect(dialog.getByRole("alert").textContent).toMatch(/^8 links lead into this group/u);
  fireEvent.click(make);
  await waitFor(() => expect(asked(app)).toHaveLength(2));
  await act(async () => void (await rostersOf(db).update(GROUP, { links: [link("a")] })));
  await answer(app, { ok: true, value: { tag: "a", link: "" } });
  const field = await dialog.findByRole<HTMLInputElement>("textbox", { name: "Group link" });
  expect(field.value).toBe(`${location.origin}/#fragment-a`);
  fireEvent.click(dialog.getByRole("button", { name: "Withdraw" }));
  await waitFor(() => expect(asked(app).at(-1)).toEqual(["withdrawLink", GROUP, "a"]));
  await answer(app, OK);
  expect(dialog.queryByRole("textbox", { name: "Group link" })).toBeNull();
});

const join = (account: string, row: Partial<JoinRow> = {}): JoinRow => ({
  account,
  tag: "a",
  atMs: 0,
  dueAtMs: null,
  ...row,
});

async function shownJoins(joins: readonly JoinRow[], members = membersAs("owner")) {
  const db = await groupDb(members, { joins });
  const app = await show(<GroupDetails c={GROUP} account="00" onClose={() => undefined} />, { db });
  await screen.findByRole("list", { name: "Members" });
  return app;
}

test("[AJN1] an admin accepts or refuses who waits, and hears why not", async () => {
  const app = await shownJoins([join(DAVE), join(CAROL, { wasRemoved: true })]);
  expect(screen.getByText("was removed before")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Accept Dave" }));
  await waitFor(() => expect(asked(app)).toEqual([["approve", GROUP, DAVE]]));
  await answer(app, OK);
  await screen.findByText("Dave is in the group");
  fireEvent.click(screen.getByRole("button", { name: "Refuse Carol" }));
  await waitFor(() => expect(asked(app).at(-1)).toEqual(["refuse", GROUP, CAROL]));
  await answer(app, refused({ type: "JoinUnknown" }));
  expect(screen.getAllByRole("alert")[0]?.textContent).toBe("They do not wait any more.");
});

test("[AJN1] a member is shown nobody who waits", async () => {
  await shownJoins([join(DAVE)], membersAs("member", "owner"));
  expect(screen.queryByRole("button", { name: "Accept Dave" })).toBeNull();
});

test("[AJN2] who comes in by themselves is shown as such", async () => {
  await shownJoins([join(DAVE, { dueAtMs: 1 })]);
  expect(screen.getByText("comes in by themselves in a moment")).toBeTruthy();
});

test("[AJN1] above the messages it says how many wait", async () => {
  const { container } = await show(<JoinsBar count={2} onLook={() => undefined} />);
  expect(container.textContent).toContain("2 people wait to come in");
});
