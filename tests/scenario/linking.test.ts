import { describe, expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { selfOf } from "./forge.ts";
import {
  at,
  codeOf,
  failure,
  hasNothing,
  liesAt,
  linkUp,
  meet,
  pair,
  recordsAt,
  show,
  use,
} from "./link-steps.ts";
import { MINUTE_MS, OTHER_URL, SECOND_MS, world } from "./world.ts";

describe.each(["phone", "laptop"] as const)("the %s shows the code", (first) => {
  test("[LK5] [LK15] [LK2] the pictures agree, the person agrees, and both are of one account", async () => {
    const them = await pair();
    const { phone, laptop } = them;
    const second = first === "phone" ? "laptop" : "phone";
    const shown = await show(them, them[first]);
    expect(at(them[first], "shown").expiresAtMs - them.nowMs()).toBeGreaterThan(9 * MINUTE_MS);
    expect(await use(them, them[second], shown)).toBeNull();
    await them.pass(3 * SECOND_MS);

    const [ours, theirs] = [at(phone, "compare"), at(laptop, "compare")];
    expect(ours.sas).toEqual(theirs.sas);
    expect([ours.role, ours.name]).toEqual(["member", "Firefox"]);
    expect([theirs.role, theirs.name]).toEqual(["new", "phone"]);

    phone.device.linking.confirm();
    await them.pass(4 * SECOND_MS);
    expect(at(phone, "linked").role).toBe("member");
    expect(at(laptop, "linked").role).toBe("new");
    expect(await laptop.account()).toBe(await phone.account());
    expect((await selfOf(laptop)).name).toBe("phone");
    // The new device's last word, which goes with the code.
    const word = first === "phone" ? "scanner" : "shower";
    expect(await liesAt(them, codeOf(shown))).toEqual([word]);
    expect([...phone.bugs, ...laptop.bugs]).toEqual([]);
  });

  test("[LK3] [LC4] on a relay that admits the invited alone, the code brings the new device in", async () => {
    const them = await pair();
    them.relay.registration = "invite";
    them.killRelay(them.relay);
    them.relay.start();
    await them.pass(30 * SECOND_MS);
    await linkUp(them, them[first], them[first === "phone" ? "laptop" : "phone"]);
    expect(at(them.laptop, "linked").role).toBe("new");
    await them.pass(10 * SECOND_MS);
    expect(them.laptop.status?.connection.type).toBe("connected");
  });
});

test("[LK10] nothing is granted before the person has seen the pictures and agreed", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  const shown = await show(them, laptop);
  phone.device.linking.confirm();
  expect(await use(them, phone, shown)).toBeNull();
  phone.device.linking.confirm();
  await them.pass(20 * SECOND_MS);
  expect(await liesAt(them, codeOf(shown))).toEqual(["scanner", "shower"]);
  expect(at(phone, "compare").role).toBe("member");
  // Whose pictures are not the member's decides nothing.
  laptop.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  expect(await liesAt(them, codeOf(shown))).toEqual(["scanner", "shower"]);
});

test("[LK11] [LK12] the new device knows the account, its devices and that they do not know it", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  await linkUp(them, phone, laptop);
  const [one, other] = [await selfOf(phone), await selfOf(laptop)];
  expect(other.device).not.toBe(one.device);
  expect(other.keys.sigKey).not.toEqual(one.keys.sigKey);
  expect(other.incarnation).not.toEqual(one.incarnation);
  expect(other.recoverySecret).toEqual(one.recoverySecret);
  expect(other.capsule).toEqual(one.capsule);
  const [own] = await laptop.rows("contacts");
  const [theirs] = await phone.rows("contacts");
  expect(own).toMatchObject({ state: "self", name: "phone", presenceOut: theirs?.presenceOut });
  expect(own?.live.toSorted()).toEqual([one.device, other.device].toSorted());
  const device = (await laptop.rows("devices")).find((it) => it.device === one.device);
  expect(device).toMatchObject({ device: one.device, account: one.account });
  expect(device?.card).not.toBeNull();
  const kinds = (await laptop.rows("channels")).map((it) => it.kind);
  expect(kinds.toSorted()).toEqual(["account", "self"]);
  // The relay takes what the new device writes to the phone.
  const tokens = await phone.rows("tokens");
  expect(tokens.map((it) => [it.account, it.registeredAt.length])).toEqual([[one.account, 1]]);
});

test("[LK12] what either device writes from then on is on both", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  await linkUp(them, phone, laptop);
  await laptop.say(laptop, "from the laptop");
  await them.pass(20 * SECOND_MS);
  await phone.say(phone, "from the phone");
  await them.atRest();
  expect(await phone.sees(phone)).toEqual(["from the laptop", "from the phone"]);
  expect(await laptop.sees(laptop)).toEqual(["from the laptop", "from the phone"]);
  expect((await phone.rows("contacts"))[0]?.live).toHaveLength(2);
});

test("[LK12] a recovery secret that is not there any more is not handed on", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  const self = await selfOf(phone);
  await phone.sleep();
  await phone.change(async (tx) => {
    await tx.put("meta", { k: "self", v: { ...self, recoverySecret: null } });
  });
  await phone.wake();
  await them.pass(5 * SECOND_MS);
  await linkUp(them, laptop, phone);
  expect((await selfOf(laptop)).recoverySecret).toBeNull();
  expect((await selfOf(laptop)).capsule).toEqual(self.capsule);
});

test("[LK6] says why a link cannot be used, before anything is sent", async () => {
  const them = await world(["phone", "tablet", "laptop", "away"], {
    newcomers: ["laptop", "away"],
    atOther: ["away"],
  });
  const { phone, tablet, laptop, away } = them;
  const shown = await show(them, phone);
  expect(await use(them, tablet, shown)).toBe("LinkSameRole");
  expect(await use(them, laptop, shown.slice(0, 90))).toBe("DeviceLinkMalformed");
  expect(await use(them, laptop, await phone.invite())).toBe("DeviceLinkMalformed");
  expect(await use(them, laptop, shown.replace("#AgE", "#AgI"))).toBe("LinkVersionUnknown");
  const other = await them.outcome(away.device.linking.use(shown, "Firefox"));
  expect(other).toEqual({ ok: false, error: { type: "LinkOtherRelay", relayUrl: phoneUrl } });
  const asked = await show(them, away);
  expect(new URL(codeOf(asked).relayUrl).origin).toBe(OTHER_URL);
  const refused = await them.outcome(phone.device.linking.use(asked, ""));
  expect(refused).toEqual({ ok: false, error: { type: "LinkOtherRelay", relayUrl: phoneUrl } });
  const nameless = await them.outcome(laptop.device.linking.use(shown, " "));
  expect(nameless).toEqual({ ok: false, error: { type: "NameEmpty" } });
  expect(await use(them, laptop, await show(them, away))).toBe("LinkSameRole");
  expect(laptop.status?.linking).toBeNull();
  expect(await liesAt(them, codeOf(shown))).toEqual(["voucher"]);
  await them.pass(11 * MINUTE_MS);
  expect(await use(them, laptop, shown)).toBe("DeviceLinkExpired");
});
const phoneUrl = "https://relay.example";

test("[LK1] [LK2] a code that nobody uses ends after ten minutes, and the relay is left alone", async () => {
  const them = await pair();
  const { phone, relay } = them;
  const shown = await show(them, phone);
  await them.pass(9 * MINUTE_MS);
  expect(at(phone, "shown").link).toBe(shown);
  await them.pass(2 * MINUTE_MS);
  expect(failure(phone)).toBe("DeviceLinkExpired");
  const before = recordsAt(relay);
  expect(before).toBeLessThan(700);
  await them.pass(5 * MINUTE_MS);
  expect(recordsAt(relay)).toBe(before);
  expect(await liesAt(them, codeOf(shown))).toEqual([]);
});

test("[LK2] [LK15] whoever gives up takes back what they left, and the other is told", async () => {
  for (const who of ["phone", "laptop"] as const) {
    const them = await pair();
    const shown = await show(them, them.phone);
    expect(await use(them, them.laptop, shown)).toBeNull();
    await them.pass(3 * SECOND_MS);
    them[who].device.linking.cancel();
    await them.pass(3 * SECOND_MS);
    const other = who === "phone" ? them.laptop : them.phone;
    expect(them[who].status?.linking).toBeNull();
    expect(failure(other)).toBe("LinkCancelled");
    expect(await liesAt(them, codeOf(shown))).toEqual([]);
    const asked = recordsAt(them.relay);
    await them.pass(MINUTE_MS);
    expect(recordsAt(them.relay)).toBe(asked);
    await hasNothing(them.laptop);
  }
});

test("[LK15] who gives up at the first sight of the pictures tells the other all the same", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  const shown = await show(them, phone);
  phone.device.status(({ linking }) => {
    if (linking?.type === "compare") phone.device.linking.cancel();
  });
  expect(await use(them, laptop, shown)).toBeNull();
  await them.pass(6 * SECOND_MS);
  expect(phone.status?.linking).toBeNull();
  expect(failure(laptop)).toBe("LinkCancelled");
  expect(await liesAt(them, codeOf(shown))).toEqual([]);
});

test("[LK15] the member hears that the device has joined, however late", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  await meet(them, laptop, phone);
  laptop.transport.setRoute("down");
  phone.device.linking.confirm();
  await them.pass(3 * SECOND_MS);
  expect(at(phone, "granting").type).toBe("granting");
  phone.transport.setRoute("down");
  laptop.transport.setRoute("up");
  await them.pass(MINUTE_MS);
  expect(at(laptop, "linked").role).toBe("new");
  expect(at(phone, "granting").type).toBe("granting");
  phone.transport.setRoute("up");
  await them.pass(5 * SECOND_MS);
  expect(at(phone, "linked").role).toBe("member");
});

test("[LK15] who cancels when the device has joined does not undo it, and both say so", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  await meet(them, phone, laptop);
  phone.device.linking.confirm();
  let isJoined = false;
  for (let n = 0; n < 100 && !isJoined; n += 1) {
    await them.pass(20);
    isJoined = (await laptop.rows("contacts")).length > 0;
  }
  expect(laptop.status?.linking?.type).toBe("compare");
  laptop.device.linking.cancel();
  await them.pass(4 * SECOND_MS);
  expect(at(laptop, "linked").role).toBe("new");
  expect(at(phone, "linked").role).toBe("member");
});

test("[LK10] an account with ten devices is offered no code", async () => {
  const them = await pair();
  const { phone, outcome } = them;
  await phone.change(async (tx) => {
    const [own] = await tx.range("contacts", "primary", {});
    const live = Array.from({ length: 10 }, (_, n) => toHex(new Uint8Array(16).fill(n)));
    if (own !== undefined) await tx.put("contacts", { ...own, live });
  });
  const refused = { ok: false, error: { type: "DevicesTooMany", limit: 10 } };
  expect(await outcome(phone.device.linking.show(""))).toEqual(refused);
  const shown = await show(them, them.laptop);
  expect(await outcome(phone.device.linking.use(shown, ""))).toEqual(refused);
});

test("[LK13] who presses Start while a device is being linked keeps the account that makes", async () => {
  const them = await pair();
  const { phone, laptop, outcome } = them;
  await meet(them, phone, laptop);
  expect((await outcome(laptop.device.start("Somebody"))).ok).toBe(true);
  phone.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  expect(failure(laptop)).toBe("LinkSameRole");
  expect(await laptop.account()).not.toBe(await phone.account());
});

test("[LK14] a new code ends the one before", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  const first = await show(them, phone);
  const second = await show(them, phone);
  await them.pass(2 * SECOND_MS);
  expect(await liesAt(them, codeOf(first))).toEqual([]);
  expect(await use(them, laptop, second)).toBeNull();
  await them.pass(3 * SECOND_MS);
  expect(at(phone, "compare").sas).toEqual(at(laptop, "compare").sas);
});
