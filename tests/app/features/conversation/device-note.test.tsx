import "fake-indexeddb/auto";
import { screen } from "@testing-library/react";
import { beforeAll, expect, test } from "vitest";

import { readChat } from "../../../../app/db/chats.ts";
import { channelsOf, contactsOf } from "../../../../app/db/tables.ts";
import { DeviceNote } from "../../../../app/features/conversation/device-note.tsx";
import { ready } from "../../../../crypto/base/sodium.ts";
import { channel, contact, DAY, openRows, THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";
import { facts, HOUR_MS } from "../devices/their-facts.ts";

const WEEK_MS = 7 * 86_400_000;

beforeAll(() => ready);

async function shownAt(nowMs: number): Promise<string> {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { facts: facts([HOUR_MS], 2 * HOUR_MS) }));
  await channelsOf(db).add(channel(1));
  const chat = await readChat(db, 1);
  if (chat === undefined) throw new Error("there is a chat");
  const { container } = await show(<DeviceNote chat={chat} nowMs={nowMs} />, { db });
  if (nowMs < DAY + WEEK_MS) await screen.findByText(/Bob removed a device/u);
  return container.textContent;
}

test("[ADZ1] that a contact added and removed a device is told for a week", async () => {
  expect(await shownAt(DAY + 3 * HOUR_MS)).toContain("Bob added a device");
  expect(await shownAt(DAY + WEEK_MS + 3 * HOUR_MS)).toBe("");
});

test("[ADZ2] that our account has another device is told with what to do about it", async () => {
  const db = await openRows();
  await contactsOf(db).put(contact(US, { state: "self", facts: facts([HOUR_MS], 2 * HOUR_MS) }));
  await channelsOf(db).add(channel(1, { kind: "self", account: US }));
  const chat = await readChat(db, 1);
  if (chat === undefined) throw new Error("there is a chat");
  await show(<DeviceNote chat={chat} nowMs={DAY + 3 * HOUR_MS} />, { db });
  expect(await screen.findByText(/added to your account.*remove it in the settings/u)).toBeTruthy();
  expect(screen.getByText(/removed from your account/u)).toBeTruthy();
});
