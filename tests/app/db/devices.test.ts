import { expect, test } from "vitest";

import { readOwnDevices } from "../../../app/db/devices.ts";
import { readArriving, readCopies } from "../../../app/db/history.ts";
import { channelsOf, contactsOf, metaOf } from "../../../app/db/tables.ts";
import { stage } from "../features/devices/stage.ts";
import { channel, contact, DAY, openRows, US } from "./rows.ts";

test("[ADV1] this device first, then the others as they came, with what their certificates say", async () => {
  const { db, phone, laptop, tablet } = await stage();
  const own = await readOwnDevices(db);
  expect(own).toEqual({
    me: "Alice",
    account: US,
    isOut: false,
    devices: [
      {
        device: phone,
        isThis: true,
        name: "Firefox, Linux",
        addedAtMs: DAY,
        heardAtMs: 0,
        linkedBy: "",
      },
      {
        device: laptop,
        isThis: false,
        name: "Laptop",
        addedAtMs: DAY + 1_000,
        heardAtMs: DAY,
        linkedBy: "",
      },
      {
        device: tablet,
        isThis: false,
        name: "",
        addedAtMs: DAY + 2_000,
        heardAtMs: 0,
        linkedBy: laptop,
      },
    ],
  });
  expect(await readOwnDevices(await openRows())).toBeNull();
});

test("[ADV2] who was removed is not shown, and knows when it is itself", async () => {
  const { db, laptop, tablet } = await stage();
  await contactsOf(db).put(contact(US, { state: "self", live: [laptop] }));
  const own = await readOwnDevices(db);
  expect(own?.isOut).toBe(true);
  expect(own?.devices.map((it) => it.device)).toEqual([laptop]);
  expect(own?.devices.map((it) => it.device)).not.toContain(tablet);
});

test("[AHI1] [AHI2] [AHI3] what each device and each person holds of what is here", async () => {
  const whole = await readCopies((await stage()).db);
  expect(whole?.all).toBe(15);
  expect(whole?.devices.map(({ held }) => held)).toEqual([15, 15, 0]);
  expect(whole?.onlyHere).toBe(0);
  expect(whole?.chats.map(({ c, kind, all, people }) => [c, kind, all, people])).toEqual([
    [1, "dm", 15, [{ account: "bb".repeat(32), name: "Bob", held: 12, all: 15 }]],
    [2, "self", 0, []],
  ]);
  const lacking = await readCopies((await stage({ laptopLacks: 3 })).db);
  expect(lacking?.devices.map(({ held }) => held)).toEqual([15, 12, 0]);
  expect(lacking?.onlyHere).toBe(3);
  const alone = await stage();
  await contactsOf(alone.db).update(US, { live: [alone.phone] });
  expect((await readCopies(alone.db))?.onlyHere).toBe(15);
});

test("[AHI4] the bar counts what is here of what there is, and goes when nothing is wanted any more", async () => {
  const { db } = await stage();
  await metaOf(db).put({
    k: "presync",
    v: { ["1".padStart(32, "0")]: 100, ["9".padStart(32, "0")]: 50 },
  });
  expect(await readArriving(db)).toBeNull();
  await channelsOf(db).put(channel(1, { history: "wanted" }));
  expect(await readArriving(db)).toEqual({ held: 15, all: 150 });
  await metaOf(db).put({ k: "presync", v: { ["1".padStart(32, "0")]: 15 } });
  expect(await readArriving(db)).toBeNull();
});
