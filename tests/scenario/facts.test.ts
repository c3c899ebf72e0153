/** What devices tell of their account's facts with their chains: whoever has others asks for them. */
import { expect, test } from "vitest";

import { handOverOf } from "../../crypto/chain/sender-chain.ts";
import { accountKeysOf } from "../../crypto/identity/account.ts";
import { encodeCard } from "../../crypto/identity/card.ts";
import { certifyDevice } from "../../crypto/identity/certificate.ts";
import { makeDevice } from "../../crypto/identity/device.ts";
import { certificateFactOf, revocationFactOf } from "../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../crypto/identity/revocation.ts";
import { bytesOf } from "../../sync/channel/channels.ts";
import { ownContact } from "../../sync/contact/contacts.ts";
import { headOfFacts, takeFacts } from "../../sync/contact/devices.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { overSession, selfOf } from "./forge.ts";
import { makeGroup, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

/** Its chains begin anew, and are handed to everybody with what it says next. */
const forgetOwnChains = (person: Person): Promise<void> =>
  person.change(async (tx) => {
    for (const { c } of await tx.range("ownChains", "primary", {})) await tx.delete("ownChains", c);
  });

/** `by` knows that `gone` is out of their account, and a relay has lost every word of that. */
async function putOutUnheard(by: Person, gone: Person): Promise<void> {
  const self = await selfOf(by);
  const { publicKey, secretKey } = accountKeysOf(self.recoverySecret!);
  const device = bytesOf(await deviceOf(gone));
  const statement = { accountKey: publicKey, issuer: null, device, staying: [], atMs: 1 };
  const fact = revocationFactOf(encodeRevocation(statement, secretKey));
  await by.change(async (tx) => {
    const own = await ownContact(tx, self);
    const { said } = await takeFacts(tx, self.accountKey, own, [fact], self.device);
    await tx.put("contacts", { ...own, ...said });
  });
}

test("[HE11] facts that did not reach a contact are seen by the next hand-over, and asked for", async () => {
  const { alice, bob, relay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const self = await selfOf(alice);
  const { publicKey, secretKey } = accountKeysOf(self.recoverySecret!);
  const other = makeDevice((length) => new Uint8Array(length).fill(9));
  const statement = { accountKey: publicKey, issuer: null, device: other, capabilities: 0 };
  const certificate = certifyDevice({ ...statement, createdAtMs: self.createdAtMs }, secretKey);
  const fact = certificateFactOf(certificate);
  await alice.sleep();
  await alice.change(async (tx) => {
    const own = await ownContact(tx, self);
    await tx.put("contacts", { ...own, facts: [...own.facts, fact] });
    for (const { c } of await tx.range("ownChains", "primary", {})) await tx.delete("ownChains", c);
  });
  await alice.wake();
  expect((await bob.contact(alice)).facts).toHaveLength(1);
  await alice.say(bob, "a new chain");
  await atRest();
  const contact = await bob.contact(alice);
  expect(contact.facts).toHaveLength(2);
  expect(contact.live).toHaveLength(2);
  expect(contact.factsTold).toBeUndefined();
  // One question, one answer: nothing more of it goes on.
  relay.counted();
  await pass(60 * MINUTE_MS);
  expect(relay.counted()["put.stored"] ?? 0).toBe(0);
});

test("[HE11] a hand-over that comes later than one sealed after it asks for nothing", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "hello");
  await pass(5 * SECOND_MS);
  const [chain] = await alice.rows("ownChains");
  const channel = (await alice.rows("channels")).find((it) => it.kind === "dm");
  const { device, incarnation } = await selfOf(alice);
  const row = (await bob.rows("devices")).find((it) => it.device === device);
  const handOver = (acctState: Uint8Array): Uint8Array =>
    encodePayload("chain", {
      channel: bytesOf(channel?.id ?? ""),
      chain: handOverOf(chain!.state),
      incarnation,
      card: row?.card ?? null,
      acctState,
    });
  const other = new Uint8Array(32).fill(7);
  expect(row?.comparedAtCard).toBe(row?.cardCounter);
  await overSession(alice, bob, [[handOver(other)]]);
  await pass(SECOND_MS);
  expect((await bob.contact(alice)).factsTold).toBeUndefined();
  // The same, before anything was compared.
  await bob.change((tx) => tx.put("devices", { ...row!, comparedAtCard: 0 }));
  await overSession(alice, bob, [[handOver(other)]]);
  await pass(SECOND_MS);
  expect((await bob.contact(alice)).factsTold).toEqual([{ head: "07".repeat(16), by: device }]);
});

test("[HE11] a card that is not theirs says nothing of when a hand-over was sealed", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "hello");
  await pass(5 * SECOND_MS);
  const [chain] = await alice.rows("ownChains");
  const channel = (await alice.rows("channels")).find((it) => it.kind === "dm");
  const { device, incarnation } = await selfOf(alice);
  const { keys } = await selfOf(bob);
  const content = { device: bytesOf(device), relays: [], lastSeenDay: 1, receipts: true };
  const card = encodeCard({ ...content, counter: 1_000_000 }, keys.sigSecret);
  const told = { channel: bytesOf(channel?.id ?? ""), incarnation };
  const chainOf = handOverOf(chain!.state);
  const acctState = new Uint8Array(32).fill(7);
  const handOver = encodePayload("chain", { ...told, chain: chainOf, card, acctState });
  await overSession(alice, bob, [[handOver]]);
  await pass(SECOND_MS);
  const row = (await bob.rows("devices")).find((it) => it.device === device);
  expect(bob.dropped).toContain("card");
  expect(row?.comparedAtCard).toBe(row?.cardCounter);
});

test("[HE11] who has heard of more since they told what facts they have answers all the same", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const self = await selfOf(alice);
  const { publicKey, secretKey } = accountKeysOf(self.recoverySecret!);
  const facts = [8, 9].map((fill) => {
    const device = makeDevice((length) => new Uint8Array(length).fill(fill));
    const statement = { accountKey: publicKey, issuer: null, device, capabilities: 0 };
    return certificateFactOf(
      certifyDevice({ ...statement, createdAtMs: self.createdAtMs }, secretKey),
    );
  });
  const learn = (who: Person, more: readonly Uint8Array[]): Promise<void> =>
    who.change(async (tx) => {
      const held = await tx.get("contacts", self.account);
      const { said } = await takeFacts(tx, self.accountKey, held, more, self.device);
      await tx.put("contacts", { ...held!, ...said });
    });
  await learn(alice, facts.slice(0, 1));
  const wanted = headOfFacts((await alice.contact(alice)).facts);
  await learn(alice, facts.slice(1));
  await learn(bob, facts);
  // Bob was told what Alice had in between, when he had it all.
  await bob.change(async (tx) => {
    const contact = await tx.get("contacts", self.account);
    await tx.put("contacts", { ...contact!, factsTold: [{ head: wanted, by: self.device }] });
  });
  await alice.say(bob, "look around");
  await pass(10 * SECOND_MS);
  expect((await bob.contact(alice)).facts).toHaveLength(3);
  expect((await bob.contact(alice)).factsTold).toBeUndefined();
});

test("[HE11] who claims facts that nobody gets from them is asked 8 times", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const told = [{ head: "ab".repeat(16), by: await deviceOf(alice) }];
  const held = await bob.contact(alice);
  await bob.change((tx) => tx.put("contacts", { ...held, factsTold: told }));
  await alice.say(bob, "look around");
  await pass(10 * MINUTE_MS);
  expect((await bob.contact(alice)).factsTold).toEqual(told);
  await pass(20 * MINUTE_MS);
  expect((await bob.contact(alice)).factsTold).toBeUndefined();
});

test("[HE11] a device that is out cannot make anybody forget what another one has told", async () => {
  const { phone, laptop, bob, pass } = await three();
  await putOutUnheard(phone, laptop);
  await forgetOwnChains(phone);
  await forgetOwnChains(laptop);
  await phone.say(bob, "the laptop is out");
  await pass(SECOND_MS);
  // It tells what Bob has: that was the newest word, before anybody was asked.
  await laptop.say(bob, "no, it is not");
  await pass(SECOND_MS);
  expect((await bob.contact(phone)).live).toHaveLength(2);
  expect((await bob.contact(phone)).factsTold).toHaveLength(1);
  await pass(20 * SECOND_MS);
  expect((await bob.contact(phone)).live).toEqual([await deviceOf(phone)]);
  expect((await bob.contact(phone)).factsTold).toBeUndefined();
});

test("[HE11] what devices of an account told differently is asked for, of each", async () => {
  const { phone, laptop, bob, pass } = await three();
  const [by, other] = [await deviceOf(phone), await deviceOf(laptop)];
  await putOutUnheard(phone, laptop);
  const head = headOfFacts((await phone.contact(phone)).facts);
  // What the laptop names nobody has, and it says so last.
  const told = [
    { head, by },
    { head: "ab".repeat(16), by: other },
  ];
  const held = await bob.contact(phone);
  await bob.change((tx) => tx.put("contacts", { ...held, factsTold: told }));
  await phone.say(bob, "look around");
  await pass(20 * SECOND_MS);
  expect((await bob.contact(phone)).live).toEqual([by]);
  // It was the laptop alone that told of others.
  expect((await bob.contact(phone)).factsTold).toBeUndefined();
});

test("[HE11] a member of a group is asked, and answers, who is no contact", async () => {
  const { phone, laptop, bob, carol, pass, befriend } = await world([
    "phone",
    "laptop",
    "bob",
    "carol",
  ]);
  await befriend(phone, bob);
  await befriend(bob, carol);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await makeGroup(bob, [phone, carol]);
  await pass(20 * SECOND_MS);
  for (const it of [phone, laptop, carol]) await tell(it, "hello");
  await pass(20 * SECOND_MS);
  expect((await carol.contact(phone)).state).toBe("member");
  await putOutUnheard(phone, laptop);
  await tell(phone, "the laptop is out");
  await pass(20 * SECOND_MS);
  expect((await carol.contact(phone)).live).toEqual([await deviceOf(phone)]);
});
