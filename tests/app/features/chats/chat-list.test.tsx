import "fake-indexeddb/auto";
import { act, screen, waitFor } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, test } from "vitest";

import {
  channelsOf,
  contactsOf,
  entriesOf,
  logsOf,
  metaOf,
  rosterOpsOf,
  rostersOf,
} from "../../../../app/db/tables.ts";
import { ChatList, useChats } from "../../../../app/features/chats/chat-list.tsx";
import { SettingsProvider } from "../../../../app/session/settings.tsx";
import {
  channel,
  contact,
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

function List(): ReactElement {
  return <ChatList chats={useChats() ?? []} openC={2} />;
}

async function shown() {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { name: "Bob" }));
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US }),
    channel(2, { lastH: 9, unread: 3, preview: { text: "are you there?", own: false } }),
  ]);
  return await show(
    <SettingsProvider>
      <List />
    </SettingsProvider>,
    { db },
  );
}

test("[ACL1] an item's name begins with the chat's and says what is unread", async () => {
  await shown();
  const bob = await screen.findByRole("link", { name: /^Bob/u });
  expect(screen.getByRole("link", { name: /^Bob 3 unread, are you there/u })).toBe(bob);
  expect(bob.getAttribute("href")).toBe("/chat/2");
  expect(screen.getByRole("link", { name: /^Note to self/u })).toBeTruthy();
  expect(screen.getByRole("list", { name: "Chats" }).children).toHaveLength(2);
  await waitFor(() => expect(document.title).toBe("(3) Kith"));
});

test("[ACL9] an empty chat whose messages are asked for says that, and not that there are none", async () => {
  const { db } = await shown();
  const empty = { c: 2, lastH: 0, unread: 0, preview: null } as const;
  await act(
    async () => void (await channelsOf(db).put(channel(2, { ...empty, history: "wanted" }))),
  );
  await screen.findByRole("link", { name: /^Bob Earlier messages are asked for/u });
  await act(async () => void (await channelsOf(db).put(channel(2, empty))));
  await screen.findByRole("link", { name: /^Bob No messages yet/u });
});

test("[ACL2] the open chat is the current page", async () => {
  await shown();
  const bob = await screen.findByRole("link", { name: /^Bob/u });
  expect(bob.getAttribute("aria-current")).toBe("page");
  expect(
    screen.getByRole("link", { name: /^Note to self/u }).getAttribute("aria-current"),
  ).toBeNull();
});

test("[ACL3] whom it shows is watched, and who is here or writing is said", async () => {
  const { engine } = await shown();
  await screen.findByRole("link", { name: /^Bob/u });
  await waitFor(() =>
    expect(engine.heard).toContainEqual({
      type: "note",
      note: { type: "watch", accounts: [THEM] },
    }),
  );
  const presence = { [THEM]: { online: true, lastSeenMs: 0 } };
  act(() => engine.say({ type: "status", status: { ...CALM, presence, typing: { 2: [THEM] } } }));
  expect(
    await screen.findByRole("link", { name: /^Bob 3 unread, online, writing…/u }),
  ).toBeTruthy();
});

test("[APR1] who hides their own presence is told nothing of others'", async () => {
  const { engine, db } = await shown();
  const bob = await screen.findByRole("link", { name: /^Bob/u });
  await act(async () => void (await contactsOf(db).update(THEM, { lastSeenMs: 9 })));
  await waitFor(() => expect(bob.title).toMatch(/^last seen /u));
  const presence = { [THEM]: { online: true, lastSeenMs: 0 } };
  act(() => engine.say({ type: "status", status: { ...CALM, presence } }));
  expect(bob.textContent).toContain("online");
  await act(async () => {
    await metaOf(db).put({ k: "settings", v: { presenceShown: false } });
  });
  await waitFor(() => expect(bob.textContent).not.toContain("online"));
  expect(bob.title).toBe("");
});

test("[ACL8] the line of a group says who wrote it, or what happened in it", async () => {
  const { db, engine } = await shown();
  const line = async (): Promise<string | undefined> =>
    (await screen.findByRole("link", { name: /^Climbing/u })).querySelector(".chat-item-line")
      ?.textContent;
  await act(async () => {
    await logsOf(db).bulkAdd([log(1, { c: 3 }), log(2, { c: 3, account: THEM })]);
    await rostersOf(db).add(roster(3, [member(THEM, "owner"), member(US)]));
    await channelsOf(db).add(
      channel(3, {
        kind: "group",
        account: "",
        preview: { text: "who comes?", own: false, at: [2, 9] },
      }),
    );
  });
  await waitFor(async () => expect(await line()).toBe("Bob: who comes?"));
  const write = (...typing: readonly string[]) =>
    act(() => engine.say({ type: "status", status: { ...CALM, typing: { 3: typing } } }));
  write(THEM);
  expect(await line()).toBe("Bob is writing…");
  write();
  const become = (preview: object) =>
    act(async () => {
      await channelsOf(db).update(3, { preview: { text: "", own: true, at: [1, 4], ...preview } });
    });
  await become({ text: "I do" });
  await waitFor(async () => expect(await line()).toBe("You: I do"));
  const made = { type: "role", account: THEM, role: "admin", cut: [] } as const;
  await rosterOpsOf(db).add(rosterOp(4, made, US, { c: 3 }));
  await entriesOf(db).add(entry(4, { c: 3, kind: 19, own: true }));
  await become({});
  await waitFor(async () => expect(await line()).toBe("You made Bob an admin"));
});
