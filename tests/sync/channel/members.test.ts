import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { accountChannelOf } from "../../../crypto/identity/channel-id.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import {
  bytesOf,
  channelIdOf,
  openAccountChannel,
  openChannel,
  openGroup,
} from "../../../sync/channel/channels.ts";
import {
  addresseesOf,
  channelWith,
  openChannelWith,
  recipientsOf,
  SERVED_ALL_MAX,
} from "../../../sync/channel/members.ts";
import { rosterRowOf } from "../../../sync/group/rosters.ts";
import { isSent } from "../../../sync/outbox/targets.ts";
import type { DeviceRow } from "../../../sync/store/rows.ts";
import { introduce, type Someone, sibling, someone } from "../acquainted.ts";
import { parcel, target } from "../outbox/parcel.ts";

beforeAll(() => ready);

const names = (devices: readonly DeviceRow[]): readonly string[] =>
  devices.map((it) => it.device).toSorted();

/** Alice's phone and laptop, and Bob, whom the phone knows. */
async function trio(): Promise<{ phone: Someone; laptop: Someone; bob: Someone }> {
  const phone = await someone("alice");
  const laptop = await sibling(phone, "laptop");
  const bob = await someone("bob");
  await introduce(phone, bob);
  return { phone, laptop, bob };
}

test("[MM1] an entry is for all devices of both accounts but the one that wrote it", async () => {
  const { phone, laptop, bob } = await trio();
  const both = [bob.self.device, laptop.self.device].toSorted();
  await phone.change(async (tx) => {
    const dm = await openChannel(tx, phone.self, bob.self.account);
    expect(names(await recipientsOf(tx, phone.self, dm))).toEqual(both);
    const { entry } = await appendMessage(tx, { ...phone.context, channel: dm, text: "hello" });
    const row = await tx.find("outbox", "entry", [entry.c, entry.a, entry.s]);
    expect(new Set(row?.targets.map((it) => `${it.device} ${it.isOwn}`))).toEqual(
      new Set([`${bob.self.device} false`, `${laptop.self.device} true`]),
    );
    const own = await openAccountChannel(tx, phone.self);
    expect(names(await recipientsOf(tx, phone.self, own))).toEqual([laptop.self.device]);
    const notes = await openChannel(tx, phone.self, phone.self.account);
    expect(names(await recipientsOf(tx, phone.self, notes))).toEqual([laptop.self.device]);
  });
});

test("[RT7] in a group of more than 200 an account's four devices are served that were seen last", async () => {
  const { phone, bob } = await trio();
  await phone.change(async (tx) => {
    const like = await tx.get("devices", bob.self.device);
    const contact = await tx.get("contacts", bob.self.account);
    if (like === undefined || contact === undefined) throw new Error("Bob");
    const devices = Array.from({ length: 6 }, (_, n) => n.toString(16).padStart(32, "0"));
    for (const [n, device] of devices.entries()) {
      await tx.put("devices", { ...like, device, cardAtMs: 0, heardAtMs: n });
    }
    await tx.put("contacts", { ...contact, live: devices });
    const strangers = Array.from({ length: SERVED_ALL_MAX }, (_, n) =>
      n.toString(16).padStart(64, "0"),
    );
    const roster = async (accounts: readonly string[]): Promise<readonly string[]> => {
      const channel = await openGroup(tx, "0".repeat(32));
      const members = [bob.self.account, ...accounts].map((account) => ({
        account,
        role: "member" as const,
        floor: 0,
        by: "",
      }));
      await tx.put("rosters", { ...(await rosterRowOf(tx, channel.c)), members });
      return names(await recipientsOf(tx, phone.self, channel));
    };
    expect(await roster(strangers.slice(1))).toEqual(devices);
    expect(await roster(strangers)).toEqual(devices.slice(2));
  });
});

test("[MM1] what nobody can be written to yet waits for all devices of the account", async () => {
  const { phone, laptop, bob } = await trio();
  await phone.change(async (tx) => {
    const row = await tx.get("devices", bob.self.device);
    if (row !== undefined) await tx.put("devices", { ...row, card: null });
    const dm = await openChannel(tx, phone.self, bob.self.account);
    expect(names(await recipientsOf(tx, phone.self, dm))).toEqual([laptop.self.device]);
    const all = [bob.self.device, laptop.self.device].toSorted();
    expect(names(await addresseesOf(tx, phone.self, dm))).toEqual(all);
  });
});

test("[MM2] an entry is sent when a relay has it for everybody but our own devices", () => {
  const own = target("laptop", { isOwn: true });
  expect(isSent(parcel({ targets: [target("d", { state: "stored" }), own] }))).toBe(true);
  expect(isSent(parcel({ targets: [target("d"), { ...own, state: "done" }] }))).toBe(false);
});

test("[MM3] a device speaks in channels of which its account is a member, and in no others", async () => {
  const { phone, bob } = await trio();
  const carol = await someone("carol");
  await introduce(phone, carol);
  const { account } = phone.self;
  const [withBob, withCarol] = [bob, carol].map((it) => channelIdOf(phone.self, it.self.account));
  const [notes, own] = [channelIdOf(phone.self, account), accountChannelOf(bytesOf(account))];
  if (withBob === undefined || withCarol === undefined) throw new Error("two channels");
  await phone.change(async (tx) => {
    const may = async (who: string, id: Uint8Array): Promise<boolean> =>
      (await openChannelWith(tx, phone.self, who, id)) !== undefined &&
      (await channelWith(tx, phone.self, who, id)) !== undefined;
    expect(await may(bob.self.account, withBob)).toBe(true);
    expect(await may(bob.self.account, withCarol)).toBe(false);
    expect(await may(bob.self.account, notes)).toBe(false);
    expect(await may(bob.self.account, own)).toBe(false);
    for (const id of [withBob, withCarol, notes, own]) expect(await may(account, id)).toBe(true);
    expect(await may(account, new Uint8Array(16))).toBe(false);
  });
});
