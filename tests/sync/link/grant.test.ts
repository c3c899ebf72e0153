import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
import { sealGrant } from "../../../crypto/link/grant.ts";
import { readSelf } from "../../../sync/account/self.ts";
import { encodeCbor } from "../../../sync/cbor.ts";
import { JOIN_TABLES, joinAccount, takeGrant } from "../../../sync/link/grant.ts";
import type { LinkError } from "../../../sync/link/progress.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import { grantContentOf, type Meeting, meetingOf } from "../../crypto/link/linking.ts";
import { bytesOf, NOW_MS, randomOf, unwrap } from "../../crypto/people.ts";

beforeAll(() => ready);

const STATE = encodeCbor([bytesOf(32, 3)]);
const deps = { timers: { now: () => NOW_MS, after: () => () => undefined }, random: randomOf(5) };

function sealedFor(meeting: Meeting, state: Uint8Array): Uint8Array {
  const { member, newcomer, code, transcript } = meeting;
  const content = { ...grantContentOf(member, newcomer.device), state };
  return unwrap(sealGrant(code, transcript, newcomer.hello, content, randomOf(1)));
}

function taken(meeting: Meeting, sealed: Uint8Array, nowMs = NOW_MS): ReturnType<typeof takeGrant> {
  const { code, transcript, newcomer, memberHello } = meeting;
  const keys = { device: newcomer.device, kemSecret: newcomer.kem.secretKey };
  const met = { role: "new", code, transcript, keys, hello: newcomer.hello } as const;
  const timers = { ...deps.timers, now: () => nowMs };
  return takeGrant({ ...deps, timers }, { ...met, other: memberHello }, sealed);
}

const errorOf = (it: ReturnType<typeof takeGrant>): LinkError["type"] | "taken" =>
  it.ok ? "taken" : it.error.type;

test("[LK12] joins with the other devices, which do not know it, and wants the history", async () => {
  const meeting = meetingOf("member");
  const joining = unwrap(taken(meeting, sealedFor(meeting, STATE)));
  await using store = openMemoryStore();
  await store.write(JOIN_TABLES, (tx) => joinAccount(tx, joining));
  const rows = await store.read(JOIN_TABLES, async (tx) => ({
    self: await readSelf(tx),
    contacts: await tx.range("contacts", "primary", {}),
    devices: await tx.range("devices", "primary", {}),
    channels: await tx.range("channels", "primary", {}),
  }));
  const device = toHex(meeting.member.self.certificate.device);
  expect(rows.self).toEqual(joining.self);
  expect(rows.self?.name).toBe("Alice");
  expect(rows.contacts).toHaveLength(1);
  expect(rows.contacts[0]).toMatchObject({ state: "self", presenceOut: bytesOf(32, 3) });
  expect(new Set(rows.contacts[0]?.live)).toEqual(new Set([device, joining.self.device]));
  expect(rows.devices).toHaveLength(1);
  expect(rows.devices[0]).toMatchObject({ device, knowsUs: false, cardCounter: 1 });
  expect(rows.channels.map((it) => [it.kind, it.history])).toEqual([
    ["self", "wanted"],
    ["account", "wanted"],
  ]);
});

test("[LK9] what sync/ does not understand in a grant is as forged as what crypto/ does not", () => {
  const meeting = meetingOf("new");
  const answers = [
    STATE,
    encodeCbor([bytesOf(32, 3), "something newer"]),
    encodeCbor([bytesOf(31, 3)]),
    encodeCbor([]),
    bytesOf(3, 255),
  ].map((state) => errorOf(taken(meeting, sealedFor(meeting, state))));
  expect(answers).toEqual(["taken", "taken", "LinkForged", "LinkForged", "LinkForged"]);
  expect(errorOf(taken(meeting, new Uint8Array(0)))).toBe("LinkForged");
});

test("[LK1] no grant is taken after the code's time", () => {
  const meeting = meetingOf("new");
  const late = NOW_MS + 601_000;
  expect(errorOf(taken(meeting, sealedFor(meeting, STATE), late))).toBe("DeviceLinkExpired");
});

test("[LK11] a name that would not do is a question mark, and cards are the newest", () => {
  const meeting = meetingOf("member");
  const { member, newcomer, code, transcript } = meeting;
  const content = grantContentOf(member, newcomer.device);
  const { device } = member.self.certificate;
  const card = { device, counter: 7, relays: [], receipts: true, lastSeenDay: dayOf(NOW_MS) };
  const introduction = {
    ...content.introduction,
    name: "\u200B",
    cards: [encodeCard(card, member.self.keys.sigSecret)],
  };
  const given = { ...content, introduction, state: STATE };
  const sealed = unwrap(sealGrant(code, transcript, newcomer.hello, given, randomOf(1)));
  const joining = unwrap(taken(meeting, sealed));
  expect(joining.self.name).toBe("?");
  expect(joining.grant.introduction.devices.map((it) => it.card.counter)).toEqual([7]);
});
