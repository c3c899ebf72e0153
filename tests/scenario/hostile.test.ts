import fc from "fast-check";
import { expect, test } from "vitest";

import { accountKeysOf } from "../../crypto/identity/account.ts";
import { certifyDevice } from "../../crypto/identity/certificate.ts";
import { certificateFactOf } from "../../crypto/identity/facts.ts";
import { writeSelf } from "../../sync/account/self.ts";
import { bytesOf } from "../../sync/channel/channels.ts";
import { ownContact } from "../../sync/contact/contacts.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import {
  cursorOf,
  entryOf,
  newestOf,
  overSession,
  post,
  selfOf,
  typingOf,
  underChain,
  underLiveKey,
} from "./forge.ts";
import { SECOND_MS, world, type World } from "./world.ts";

/** Bob knows Alice, and Mallory, who has a device and no scruples. */
async function threeOfThem(): Promise<World<"alice" | "bob" | "mallory">> {
  const made = await world(["alice", "bob", "mallory"]);
  const { alice, bob, mallory, befriend, pass } = made;
  await befriend(bob, alice);
  await befriend(bob, mallory);
  await alice.say(bob, "from alice");
  await mallory.say(bob, "from mallory");
  await pass(10 * SECOND_MS);
  return made;
}

test("[RX5] an entry is refused that its author did not sign", async () => {
  const made = await threeOfThem();
  const { alice, bob, mallory } = made;
  // In Mallory's log, by Mallory's chain, but signed by Alice's device: nobody's word.
  const forged = await entryOf(mallory, bob, "forged", {}, alice);
  const body = await underChain(mallory, bob, encodePayload("entry", forged));
  expect(await post(made, mallory, bob, body)).toBe("stored");
  expect(bob.dropped).toContain("entry signature");
  expect(await bob.sees(mallory)).toEqual(["from mallory"]);
});

test("[RX5] an entry of one channel is refused in another", async () => {
  const made = await threeOfThem();
  const { alice, bob, mallory } = made;
  // Alice's own words, genuine in her chat with Bob, played into Mallory's.
  const { row } = await newestOf(alice, bob);
  const body = await underChain(mallory, bob, encodePayload("entry", row.bytes));
  await post(made, mallory, bob, body);
  expect(bob.dropped).toContain("entry otherChannel");
  // And an entry of Mallory's that names Alice's channel, in a log that Bob knows.
  const log = await alice.log(bob);
  const channel = (await alice.rows("channels")).find((it) => it.c === log.c);
  const entry = await entryOf(mallory, bob, "me?", { channel: bytesOf(channel?.id ?? "") });
  await post(made, mallory, bob, await underChain(mallory, bob, encodePayload("entry", entry)));
  expect(bob.dropped.filter((it) => it === "entry otherChannel")).toHaveLength(2);
  expect(await bob.sees(mallory)).toEqual(["from mallory"]);
  expect(await bob.sees(alice)).toEqual(["from alice"]);
});

test("[RX5] an entry is refused that does not follow from the one before it", async () => {
  const made = await threeOfThem();
  const { bob, mallory } = made;
  const breaks = [
    [{ prev: new Uint8Array(32) }, "entry chain"],
    [{ hlc: 2_048 }, "entry clock"],
    [{ log: new Uint8Array(16) }, "entry unknownLog"],
    [{ kind: 15 }, "entry logOpen"],
  ] as const;
  for (const [change, why] of breaks) {
    const entry = await entryOf(mallory, bob, "no", change);
    await post(made, mallory, bob, await underChain(mallory, bob, encodePayload("entry", entry)));
    expect(bob.dropped).toContain(why);
  }
  expect(await bob.sees(mallory)).toEqual(["from mallory"]);
  const good = await entryOf(mallory, bob, "yes");
  await post(made, mallory, bob, await underChain(mallory, bob, encodePayload("entry", good)));
  expect(await bob.sees(mallory)).toEqual(["from mallory", "yes"]);
});

test("[RX6] of two entries with one number the first stays", async () => {
  const made = await threeOfThem();
  const { bob, mallory } = made;
  const bodies: Uint8Array[] = [];
  for (const text of ["this", "that"]) {
    const entry = await entryOf(mallory, bob, text);
    bodies.push(await underChain(mallory, bob, encodePayload("entry", entry)));
  }
  for (const body of bodies) await post(made, mallory, bob, body);
  expect(await bob.sees(mallory)).toEqual(["from mallory", "this"]);
  expect(bob.dropped).toContain("entry fork");
});

test("[RX2] what comes twice counts once, by whatever way it comes", async () => {
  const made = await threeOfThem();
  const { alice, bob } = made;
  const { row } = await newestOf(alice, bob);
  const again = await underChain(alice, bob, encodePayload("entry", row.bytes));
  await post(made, alice, bob, again);
  await overSession(alice, bob, [[encodePayload("entries", { entries: [row.bytes, row.bytes] })]]);
  await made.pass(5 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["from alice"]);
  expect(await bob.unread(alice)).toBe(1);
});

test("[CU1] a cursor is refused that its device did not sign, or that is of another channel", async () => {
  const made = await threeOfThem();
  const { alice, bob, mallory } = made;
  await bob.say(mallory, "unread until Mallory says so");
  await made.pass(5 * SECOND_MS);
  const log = bytesOf((await bob.log(mallory)).log);
  const all = [{ log, known: { floor: 1_000, ranges: [] } }];
  const content = { counter: 1_000, delivered: all, read: all };
  const before = (await bob.rows("cursors")).length;
  const forged = await cursorOf(mallory, bob, content, alice);
  await post(made, mallory, bob, forged);
  const aliceChannel = (await alice.rows("channels")).find((it) => it.kind === "dm");
  const stray = await cursorOf(mallory, bob, {
    ...content,
    channel: bytesOf(aliceChannel?.id ?? ""),
  });
  await post(made, mallory, bob, stray);
  expect(bob.dropped.filter((it) => it === "signature")).toHaveLength(2);
  expect((await bob.rows("cursors")).length).toBe(before);
  expect(await bob.states(mallory)).toEqual(["delivered"]);
});

test("[HE8] who says that they hold more of our log than we do is asked for it, and moves nothing", async () => {
  const made = await threeOfThem();
  const { alice, bob, mallory, relay, pass } = made;
  await bob.say(alice, "to alice");
  await bob.say(mallory, "to mallory");
  await pass(5 * SECOND_MS);
  const { incarnation } = await selfOf(bob);
  const log = await bob.log(mallory);
  relay.counted();
  for (let hour = 0; hour < 3; hour += 1) {
    const all = [{ log: bytesOf(log.log), known: { floor: 4_000_000_000, ranges: [] } }];
    const content = { counter: 1_000 + hour, delivered: all, read: [] };
    await post(made, mallory, bob, await cursorOf(mallory, bob, content));
    await pass(60 * 60 * SECOND_MS);
  }
  expect((await selfOf(bob)).incarnation).toEqual(incarnation);
  expect((await bob.log(mallory)).log).toBe(log.log);
  // Three lies, and the questions to which Mallory has no answer.
  const stored = relay.counted()["put.stored"] ?? 0;
  expect(stored).toBeGreaterThan(3);
  expect(stored).toBeLessThan(20);
  await bob.say(alice, "still in the same log");
  await pass(5 * SECOND_MS);
  expect(await alice.sees(bob)).toEqual(["from alice", "to alice", "still in the same log"]);
});

test("[CU8] a cursor that is older, or comes again, changes nothing", async () => {
  const made = await threeOfThem();
  const { alice, bob, pass } = made;
  await bob.say(alice, "read me");
  await pass(5 * SECOND_MS);
  const old = (await bob.rows("cursors")).find((it) => it.delivered.length > 0);
  const replayed = await cursorOf(alice, bob, { counter: 1, delivered: [], read: [] });
  await alice.read(bob);
  await pass(5 * SECOND_MS);
  expect(await bob.states(alice)).toEqual(["read"]);
  const cursors = await bob.rows("cursors");
  expect(old).toBeDefined();
  await post(made, alice, bob, replayed);
  await post(made, alice, bob, replayed);
  expect(await bob.rows("cursors")).toEqual(cursors);
  expect(await bob.states(alice)).toEqual(["read"]);
});

test("[TY1] [TY5] a typing frame is refused when it is forged, old or repeated", async () => {
  const made = await threeOfThem();
  const { alice, bob, mallory, nowMs, pass } = made;
  const isTyping = (): boolean => Object.keys(bob.status?.typing ?? {}).length > 0;
  await post(made, mallory, bob, await typingOf(mallory, bob, nowMs(), alice), {
    isEphemeral: true,
  });
  expect(bob.dropped).toContain("signature");
  await post(made, mallory, bob, await typingOf(mallory, bob, nowMs() - 31_000), {
    isEphemeral: true,
  });
  expect(isTyping()).toBe(false);
  const good = await typingOf(mallory, bob, nowMs());
  await post(made, mallory, bob, good, { isEphemeral: true });
  expect(isTyping()).toBe(true);
  await pass(7 * SECOND_MS);
  expect(isTyping()).toBe(false);
  await post(made, mallory, bob, good, { isEphemeral: true });
  expect(isTyping()).toBe(false);
});

test("[PL1] a payload is refused that comes by a layer which is not its own", async () => {
  const made = await threeOfThem();
  const { bob, mallory } = made;
  const { row } = await newestOf(mallory, bob);
  const entry = encodePayload("entry", row.bytes);
  await post(made, mallory, bob, await underLiveKey(mallory, bob, entry));
  const name = encodePayload("profile", { name: "Alice" });
  await post(made, mallory, bob, await underChain(mallory, bob, name));
  expect(bob.dropped.filter((it) => it.startsWith("payload")).length).toBe(2);
  expect((await bob.contact(mallory)).name).toBe("mallory");
});

test("[RX3] whatever bytes lie in a mailbox, the queue goes on", async () => {
  const made = await threeOfThem();
  const { alice, bob, mallory, atRest } = made;
  const bodies = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 400 }), {
    numRuns: 40,
    seed: 1,
  });
  const known = (await bob.rows("peerChains")).map((it) => it.state.tag);
  const sessions = (await bob.rows("sessions")).flatMap((it) => it.tags.map(bytesOf));
  const prekeys = (await bob.rows("prekeys")).map((it) => bytesOf(it.id));
  let n = 0;
  for (const body of bodies) {
    const ids = [...known, ...sessions, ...prekeys];
    const id = ids[n % ids.length] ?? new Uint8Array(16);
    n += 1;
    await post(made, mallory, bob, Uint8Array.of(1, ...id, ...body));
  }
  await post(made, mallory, bob, Uint8Array.of(2, ...new Uint8Array(40)));
  await post(made, mallory, bob, Uint8Array.of(1));
  await alice.say(bob, "still here");
  await atRest();
  expect(await bob.sees(alice)).toEqual(["from alice", "still here"]);
  expect(bob.dropped.length).toBeGreaterThanOrEqual(40);
});

test("[RX9] nothing counts that comes from a device which its account does not certify", async () => {
  const made = await threeOfThem();
  const { bob, mallory, pass } = made;
  const contact = await bob.contact(mallory);
  await bob.change((tx) => tx.put("contacts", { ...contact, facts: [], live: [] }));
  await overSession(mallory, bob, [[encodePayload("profile", { name: "Alice" })]]);
  await pass(5 * SECOND_MS);
  expect(bob.dropped).toContain("stranger");
  expect((await bob.contact(mallory)).name).toBe("mallory");
});

test("[RX16] a device that we know of one account neither invites nor comes for another", async () => {
  const made = await world(["bob", "mallory", "carol"]);
  const { bob, mallory, carol, befriend, pass, outcome } = made;
  await befriend(bob, mallory);
  const [self, other] = [await selfOf(carol), await selfOf(mallory)];
  // Carol is Mallory's second account, with the same device.
  await carol.sleep();
  const { secretKey } = accountKeysOf(self.recoverySecret!);
  const certificate = certifyDevice(
    {
      accountKey: self.accountKey,
      issuer: null,
      device: other.keys,
      capabilities: 1,
      createdAtMs: self.createdAtMs,
    },
    secretKey,
  );
  await carol.change(async (tx) => {
    const now = { ...self, device: other.device, keys: other.keys, certificate };
    await writeSelf(tx, now);
    const contact = await ownContact(tx, now);
    const facts = [certificateFactOf(certificate)];
    await tx.put("contacts", { ...contact, facts, live: [now.device] });
  });
  // Prekeys that carry the new certificate.
  await carol.change(async (tx) => {
    for (const row of await tx.range("mailboxes", "primary", {})) {
      await tx.put("mailboxes", { ...row, prekeysAtMs: 0 });
    }
  });
  await carol.wake();
  await pass(5 * SECOND_MS);
  const theirs = await carol.invite();
  expect(await outcome(bob.device.acceptInvite(theirs))).toEqual({
    ok: false,
    error: { type: "InviteForged" },
  });
  await carol.accept(await bob.invite());
  await pass(5 * SECOND_MS);
  expect(bob.dropped).toContain("device claimed");
  const accounts = (await bob.others()).map((it) => it.account);
  expect(accounts).toEqual([await mallory.account()]);
});

test("[HE4] who goes on sending what cannot be opened, each under a new id, is not asked each time", async () => {
  const made = await threeOfThem();
  const { alice, bob, mallory, relay, pass } = made;
  relay.counted();
  for (let n = 0; n < 100; n += 1) {
    await post(made, mallory, bob, Uint8Array.of(1, ...new Uint8Array(60).fill(n + 1)));
    await pass(3 * SECOND_MS);
  }
  const stored = relay.counted()["put.stored"] ?? 0;
  // A hundred of hers; 16 questions, one more every 10 s, and her chain again, once for each.
  expect(stored - 100).toBeGreaterThan(16);
  expect(stored - 100).toBeLessThan(80);
  await alice.say(bob, "still here");
  await pass(5 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["from alice", "still here"]);
});

test("[HE9] what nobody can open is asked for a few times, and let go", async () => {
  const made = await threeOfThem();
  const { bob, mallory, relay, pass } = made;
  await post(made, mallory, bob, Uint8Array.of(1, ...new Uint8Array(60).fill(7)));
  expect(await bob.rows("held")).toHaveLength(1);
  relay.counted();
  await pass(2 * 60 * 60 * SECOND_MS);
  expect(await bob.rows("held")).toEqual([]);
  // Eight questions, and Mallory's device has nothing to answer.
  expect(relay.counted()["put.stored"]).toBe(8);
  // The same bytes are kept anew: by now somebody may have told what opens them.
  await post(made, mallory, bob, Uint8Array.of(1, ...new Uint8Array(60).fill(7)));
  expect(await bob.rows("held")).toHaveLength(1);
});

test("[HE9] what came under no token of ours is let go, though there is nobody to ask", async () => {
  const { bob, mallory, pass } = await threeOfThem();
  const label = "5a".repeat(16);
  const row = { env: "e1".repeat(16), tag: "7a".repeat(16), label, atMs: 1 };
  await bob.change((tx) => tx.put("held", { ...row, body: new Uint8Array(60) }));
  await bob.sleep();
  await bob.wake();
  await mallory.say(bob, "something to look after");
  await pass(10 * 60 * SECOND_MS);
  expect(await bob.rows("held")).toHaveLength(1);
  await pass(15 * 60 * SECOND_MS);
  expect(await bob.rows("held")).toEqual([]);
});

test("[RX10] logs and chains that somebody invents are bounded", async () => {
  const made = await threeOfThem();
  const { bob, mallory, pass } = made;
  const chain = (await mallory.rows("ownChains"))[0]?.state;
  const channel = (await mallory.rows("channels")).find((it) => it.kind === "dm");
  const handOvers = Array.from({ length: 100 }, (_, n) => {
    const fill = (length: number, by: number): Uint8Array => new Uint8Array(length).fill(n + by);
    return encodePayload("chain", {
      channel: bytesOf(channel?.id ?? ""),
      chain: Uint8Array.from([
        ...bytesOf(channel?.id ?? ""),
        ...fill(4, -n),
        ...fill(32, 1),
        ...fill(32, 2),
        ...fill(32, 3),
      ]),
      incarnation: fill(16, 7),
      card: null,
      acctState: fill(32, 9),
    });
  });
  expect(chain).toBeDefined();
  await overSession(
    mallory,
    bob,
    Array.from({ length: 10 }, (_, n) => handOvers.slice(n * 10, n * 10 + 10)),
  );
  await pass(20 * SECOND_MS);
  const c = await bob.chatWith(mallory);
  const logs = (await bob.rows("logs")).filter((it) => it.c === c && !it.own);
  // The newest 64 of those that nobody wrote in, and the one that Mallory wrote in.
  expect(logs.length).toBe(65);
  expect(await bob.sees(mallory)).toEqual(["from mallory"]);
  expect((await bob.rows("peerChains")).filter((it) => it.c === c).length).toBe(32);
  const newest = logs.toSorted((a, b) => (a.a ?? 0) - (b.a ?? 0)).at(-1);
  expect(newest?.incarnation).toEqual(new Uint8Array(16).fill(99 + 7));
});
