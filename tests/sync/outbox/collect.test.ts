import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { openLane } from "../../../sync/lane.ts";
import { collect } from "../../../sync/outbox/collect.ts";
import { Flow } from "../../../sync/outbox/flow.ts";
import type { Parcel } from "../../../sync/outbox/ways.ts";
import { openKnocks } from "../../../sync/session/knocks.ts";
import { introduce, sibling, someone } from "../acquainted.ts";
import { HeldTimers } from "../transport/held-timers.ts";
import { parcel } from "./parcel.ts";

beforeAll(() => ready);

test("[MM6] a device whose window is full holds back nobody else", async () => {
  const phone = await someone("alice");
  const laptop = await sibling(phone, "laptop");
  const bob = await someone("bob");
  await introduce(phone, bob);
  await phone.change(async (tx) => {
    const channel = await openChannel(tx, phone.self, bob.self.account);
    await appendMessage(tx, { ...phone.context, channel, text: "hello" });
  });
  const flow = new Flow();
  const open = { state: () => ({ type: "open" }) };
  const deps = {
    store: phone.store,
    lane: openLane(),
    timers: new HeldTimers(phone.context.nowMs),
    random: phone.random,
    self: () => phone.self,
    linkTo: () => open as never,
    knocks: openKnocks("https://home.example", { now: () => phone.context.nowMs }),
    maySpeak: () => true,
  };
  const devicesOf = async (inFlight: ReadonlyMap<number, Parcel>): Promise<unknown> => {
    const { parcels = [] } = (await collect(deps, flow, inFlight)) ?? {};
    return parcels
      .filter((it) => it.row.what === "entry")
      .map((it) => it.targets.map(({ device }) => device).toSorted());
  };
  // As many are on their way to the laptop as its window takes.
  const underWay = Array.from({ length: flow.windowOf(laptop.self.device) }, (_, i) => {
    const n = 1_000 + i;
    const targets = [{ device: laptop.self.device }];
    return [n, { row: { ...parcel(), n }, url: "", account: laptop.self.account, targets }];
  }) as unknown as [number, Parcel][];
  const bobAlone = [bob.self.device];
  expect(await devicesOf(new Map(underWay))).toEqual([bobAlone, bobAlone]);
  const both = [bob.self.device, laptop.self.device].toSorted();
  expect(await devicesOf(new Map())).toEqual([both, both]);
});
