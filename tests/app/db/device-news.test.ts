import "fake-indexeddb/auto";
import { beforeAll, expect, test } from "vitest";

import { readChat } from "../../../app/db/chats.ts";
import { accountBeganMs, readDeviceNews } from "../../../app/db/device-news.ts";
import { channelsOf, contactsOf } from "../../../app/db/tables.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { facts, HOUR_MS } from "../features/devices/their-facts.ts";
import { channel, contact, DAY, openRows, THEM, US } from "./rows.ts";

beforeAll(() => ready);

test("[ADW1] what was added and removed since they became a contact, as their facts say", async () => {
  const db = await openRows();
  await contactsOf(db).put(
    contact(THEM, { addedAtMs: DAY, facts: facts([-HOUR_MS, HOUR_MS, 3 * HOUR_MS], 2 * HOUR_MS) }),
  );
  expect(await readDeviceNews(db, THEM)).toEqual({
    addedMs: DAY + 3 * HOUR_MS,
    removedMs: DAY + 2 * HOUR_MS,
  });
});

test("[ADW1] the device that they came with is no news, whose clock may be a little off", async () => {
  const db = await openRows();
  await contactsOf(db).put(contact(THEM, { addedAtMs: DAY, facts: facts([-HOUR_MS, 60_000]) }));
  expect(await readDeviceNews(db, THEM)).toEqual({ addedMs: 0, removedMs: 0 });
  await contactsOf(db).put(contact(THEM, { facts: [new Uint8Array(3), Uint8Array.of(1, 2)] }));
  expect(await readDeviceNews(db, THEM)).toEqual({ addedMs: 0, removedMs: 0 });
  expect(await readDeviceNews(db, "00")).toEqual({ addedMs: 0, removedMs: 0 });
});

test('[ADW2] an empty "Note to self" is as old as the account, on a device that came later too', async () => {
  const db = await openRows();
  const own = contact(US, {
    state: "self",
    addedAtMs: DAY + HOUR_MS,
    facts: facts([60_000, HOUR_MS]),
  });
  await contactsOf(db).put(own);
  await channelsOf(db).put(channel(1, { kind: "self", account: US }));
  expect((await readChat(db, 1))?.recentMs).toBe(DAY + 60_000);
  expect(accountBeganMs({ facts: [] })).toBe(0);
});
