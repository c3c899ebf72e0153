import { expect, test } from "vitest";

import type { PutAnswer, Store, StoreOp } from "../../relay/store/store.ts";
import type { InviteTag, MailboxKey, SlotId } from "../../sync/wire/ids.ts";
import { relayBlobContract } from "./relay-store-blobs.ts";
import { relayCapsuleContract } from "./relay-store-capsules.ts";
import {
  bytes,
  CONTRACT_BOUNDS,
  grantOp,
  keeper,
  mailboxId,
  START_MS,
  tokenHash,
} from "./relay-store-keeper.ts";
import { relayPushContract } from "./relay-store-push.ts";

const HOUR_MS = 3_600_000;
const tag = (name: string): InviteTag => bytes(16, name) as InviteTag;
const slotId = (name: string): SlotId => bytes(8, name) as SlotId;
const inviteOp = (mailbox: string, name: string): Extract<StoreOp, { type: "putInvite" }> => ({
  type: "putInvite",
  mailbox: mailboxId(mailbox),
  tag: tag(name),
  record: bytes(50, name),
  expiresAtMs: START_MS + HOUR_MS,
  voucherHash: tokenHash(name),
});

const idsOf = (page: readonly { readonly id: number }[]) => page.map((it) => it.id);
const statusesOf = (answers: readonly PutAnswer[]) => answers.map((it) => it.status);

/** The contract of relay/store/store.ts, for whoever implements it. */
export function relayStoreContract(name: string, openStore: () => Promise<Store>): void {
  const opened = async () => {
    const it = keeper(await openStore());
    await it.open("a", "b", "c");
    return { ...it, [Symbol.asyncDispose]: () => it.store[Symbol.asyncDispose]() };
  };

  test(`[RS3] ${name} pages oldest first, with growing ids and counters`, async () => {
    await using it = await opened();
    for (const envelope of ["1", "2", "3"]) await it.put(envelope, ["a"]);
    const page = await it.page("a");
    expect(page.map((m) => m.body[0])).toEqual([0x31, 0x32, 0x33]);
    expect(page.map((m) => m.counter)).toEqual([1, 2, 3]);
    expect(idsOf(page)).toEqual(idsOf(page).toSorted((x, y) => x - y));
    expect(new Set(idsOf(page)).size).toBe(3);
    expect(idsOf(await it.page("a", page[0]!.id))).toEqual(idsOf(page).slice(1));
    expect(await it.page("a", 0, 2)).toHaveLength(2);
  });

  test(`[RS3] ${name} bounds a page by bytes, but never to nothing`, async () => {
    await using it = await opened();
    for (const envelope of ["1", "2", "3"]) await it.put(envelope, ["a"]);
    const bounds = { afterId: 0, messages: 100, pageBytes: 250 };
    expect(await it.store.page(mailboxId("a"), bounds, START_MS)).toMatchObject({
      value: { length: 2 },
    });
    const tiny = await it.store.page(mailboxId("a"), { ...bounds, pageBytes: 1 }, START_MS);
    expect(tiny).toMatchObject({ value: { length: 1 } });
  });

  test(`[RS4] ${name} never gives an id twice, though the clock jumps back`, async () => {
    await using it = await opened();
    await it.one(grantOp("c", "c", { expiresAtMs: 2 ** 52 }));
    const ids: number[] = [];
    for (const [index, jumpMs] of [0, 1_000, -HOUR_MS, 10 ** 13, -(10 ** 13)].entries()) {
      it.clock.nowMs += jumpMs;
      const [stored] = await it.put(`${index}`, ["c"]);
      if (stored?.status !== "stored") throw new Error("not stored");
      ids.push(stored.id);
      await it.one<"ack">({ type: "ack", mailbox: mailboxId("c"), ids: [stored.id] });
    }
    expect(ids).toEqual([...new Set(ids)].toSorted((x, y) => x - y));
  });

  test(`[RS5] ${name} keeps a message until its last target acknowledged it`, async () => {
    await using it = await opened();
    await it.put("1", ["a", "b"]);
    await it.put("2", ["a"]);
    expect(it.store.totals()).toEqual({
      mailboxes: 3,
      messages: 3,
      bytes: 300,
      oldestAtMs: START_MS,
      blobs: 0,
      blobBytes: 0,
    });
    const [first, second] = idsOf(await it.page("a"));
    expect(await it.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids: [first!, 99] })).toBe(
      1,
    );
    expect(await it.namesIn("a")).toEqual(["2"]);
    expect(await it.namesIn("b")).toEqual(["1"]);
    await it.settle();
    expect(await it.namesIn("b")).toEqual(["1"]);
    await it.commit(
      { type: "ack", mailbox: mailboxId("b"), ids: [first!] },
      { type: "ack", mailbox: mailboxId("a"), ids: [second!] },
    );
    await it.settle();
    expect(it.store.totals()).toMatchObject({ messages: 0, bytes: 0, oldestAtMs: null });
  });

  test(`[RS5] ${name} forgets what has expired`, async () => {
    await using it = await opened();
    await it.put("1", ["a", "b"], { ttlMs: 10_000 });
    await it.put("2", ["a"]);
    it.clock.nowMs += 10_000;
    expect(await it.namesIn("a")).toEqual(["2"]);
    await it.settle(START_MS + 2 * HOUR_MS);
    expect(it.store.totals().messages).toBe(1);
    await it.settle(START_MS + CONTRACT_BOUNDS.messageTtlMs + 2 * HOUR_MS);
    expect(it.store.totals().messages).toBe(0);
  });

  test(`[RS6] ${name} stores an envelope once for a mailbox, also after it is gone`, async () => {
    await using it = await opened();
    expect(statusesOf(await it.put("1", ["a", "a"]))).toEqual(["stored", "duplicate"]);
    expect(statusesOf(await it.put("1", ["a", "b"]))).toEqual(["duplicate", "stored"]);
    const ids = idsOf(await it.page("a"));
    expect(ids).toHaveLength(1);
    await it.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids });
    await it.settle();
    expect(statusesOf(await it.put("1", ["a"]))).toEqual(["duplicate"]);
  });

  test(`[RS7] ${name} tells unknown mailbox, unknown, expired and revoked token by one word`, async () => {
    await using it = await opened();
    await it.one(grantOp("a", "x", { expiresAtMs: START_MS + 10 }));
    await it.one(grantOp("a", "y"));
    await it.one({ type: "deleteTokens", mailbox: mailboxId("a"), hashes: [tokenHash("y")] });
    it.clock.nowMs += 10;
    expect(statusesOf(await it.put("1", ["z/a", "a/b", "a/x", "a/y", "a"]))).toEqual([
      "denied",
      "denied",
      "denied",
      "denied",
      "stored",
    ]);
    const bundle = bytes(10, "k");
    await it.one({ type: "putPrekeys", mailbox: mailboxId("a"), bundle });
    const prekeys = async (mailbox: string, token: string) =>
      it.store.prekeys(mailboxId(mailbox), tokenHash(token), it.clock.nowMs);
    const none = { ok: true, value: null };
    expect(await prekeys("z", "a")).toEqual(none);
    expect(await prekeys("a", "b")).toEqual(none);
    expect(await prekeys("a", "x")).toEqual(none);
    expect(await prekeys("a", "y")).toEqual(none);
    expect(await prekeys("b", "b")).toEqual(none);
    expect(await prekeys("a", "a")).toEqual({ ok: true, value: bundle });
  });

  test(`[RS8] ${name} says gone to the tokens of a deleted mailbox, for a time`, async () => {
    await using it = await opened();
    await it.put("1", ["a", "b"]);
    expect(await it.one({ type: "deleteMailbox", mailbox: mailboxId("a") })).toBe("deleted");
    expect(await it.one({ type: "deleteMailbox", mailbox: mailboxId("a") })).toBe("unknown");
    expect(statusesOf(await it.put("2", ["a", "a/z", "b"]))).toEqual(["gone", "denied", "stored"]);
    expect(await it.store.mailbox(mailboxId("a"))).toEqual({ ok: true, value: null });
    expect(await it.page("a")).toEqual([]);
    await it.settle();
    expect(await it.namesIn("b")).toEqual(["1", "2"]);
    expect(it.store.totals()).toMatchObject({ mailboxes: 2, messages: 2 });
    it.clock.nowMs += 91 * 24 * HOUR_MS;
    expect(statusesOf(await it.put("3", ["a"]))).toEqual(["denied"]);
  });

  test(`[RS9] ${name} answers the same commits with the same answers`, async () => {
    const run = async () => {
      await using it = await opened();
      return [
        await it.put("1", ["a", "b"]),
        await it.put("1", ["a"]),
        await it.one({ type: "deleteMailbox", mailbox: mailboxId("b") }),
        await it.put("2", ["a", "b"]),
        await it.page("a"),
      ];
    };
    expect(await run()).toEqual(await run());
  });

  test(`[RS10] ${name} refuses what is over the quota of mailbox, token and class`, async () => {
    await using it = await opened();
    for (const token of ["p", "q", "r", "s", "t"]) await it.one(grantOp("a", token));
    const fills: (number | string)[] = [];
    for (const [index, token] of "ppppqqqqrrrrssss".split("").entries()) {
      const [answer] = await it.put(String.fromCharCode(65 + index), [`a/${token}`]);
      fills.push(answer?.status === "stored" ? answer.fill : (answer?.status ?? ""));
    }
    expect(fills).toEqual(Array.from({ length: 16 }, (_, count) => (count + 1) / 16));
    expect(await it.put("~", ["a/t"])).toEqual([{ status: "quota", isMailboxFull: true }]);
    await it.one(grantOp("b", "u"));
    for (const envelope of ["0", "1", "2", "3"]) {
      expect(statusesOf(await it.put(envelope, ["b/u"]))).toEqual(["stored"]);
    }
    expect(await it.put("4", ["b/u"])).toEqual([{ status: "quota", isMailboxFull: false }]);
    await it.one(grantOp("c", "i", { class: "invite" }));
    const big = { body: new Uint8Array(16 * 1024 + 1) };
    expect(statusesOf(await it.put("3", ["c/i"], big))).toEqual(["tooBig"]);
    expect(statusesOf(await it.put("3", ["c"], big))).toEqual(["quota"]);
    expect(await it.namesIn("c")).toEqual([]);
  });

  test(`[RS11] ${name} replaces what a slot holds, for its own token only`, async () => {
    await using it = await opened();
    await it.one(grantOp("a", "x"));
    const slot = slotId("s");
    await it.put("1", ["a", "b"], { slot });
    await it.put("2", ["a/x"], { slot });
    await it.put("3", ["a"]);
    await it.put("4", ["a"], { slot });
    expect(await it.namesIn("a")).toEqual(["2", "3", "4"]);
    expect(await it.namesIn("b")).toEqual(["1"]);
    expect((await it.page("a")).map((m) => m.isSlot)).toEqual([true, false, true]);
    await it.settle();
    await it.put("5", ["a"], { slot });
    expect(await it.namesIn("a")).toEqual(["2", "3", "5"]);
  });

  test(`[RS12] ${name} never stores what is ephemeral`, async () => {
    await using it = await opened();
    const answers = await it.put("1", ["a", "z"], { isEphemeral: true });
    expect(answers).toEqual([{ status: "liveOnly", label: bytes(4, "a") }, { status: "denied" }]);
    expect(await it.page("a")).toEqual([]);
    expect(it.store.totals().messages).toBe(0);
  });

  test(`[RS13] ${name} lets a voucher create one mailbox`, async () => {
    await using it = await opened();
    const create = (mailbox: string, voucher: string) =>
      it.one<"createMailbox">({
        type: "createMailbox",
        mailbox: mailboxId(mailbox),
        key: bytes(32, mailbox) as MailboxKey,
        voucherHash: tokenHash(voucher),
      });
    expect(await it.one(inviteOp("a", "v"))).toBe("done");
    expect(await create("d", "w")).toBe("voucherRefused");
    expect(await create("d", "v")).toBe("created");
    expect(await create("d", "v")).toBe("exists");
    expect(await create("e", "v")).toBe("voucherRefused");
    await it.one(inviteOp("a", "v"));
    expect(await create("e", "v")).toBe("voucherRefused");
    await it.one(inviteOp("a", "w"));
    it.clock.nowMs += HOUR_MS;
    expect(await create("e", "w")).toBe("voucherRefused");
  });

  test(`[RS13] ${name} keeps invite records under a tag of their owner`, async () => {
    await using it = await opened();
    await it.one(inviteOp("a", "v"));
    expect(await it.one(inviteOp("b", "v"))).toBe("taken");
    expect(await it.one(inviteOp("z", "w"))).toBe("unknown");
    await it.one({ type: "deleteInvite", mailbox: mailboxId("b"), tag: tag("v") });
    const read = () => it.store.invite(tag("v"), it.clock.nowMs);
    expect(await read()).toMatchObject({ value: { record: bytes(50, "v") } });
    await it.one({ type: "deleteInvite", mailbox: mailboxId("a"), tag: tag("v") });
    expect(await read()).toEqual({ ok: true, value: null });
    await it.one(inviteOp("a", "v"));
    it.clock.nowMs += HOUR_MS;
    expect(await read()).toEqual({ ok: true, value: null });
  });

  test(`[RS14] ${name} lets no mailbox see or acknowledge another's`, async () => {
    await using it = await opened();
    await it.put("1", ["a"]);
    const ids = idsOf(await it.page("a"));
    expect(await it.one<"ack">({ type: "ack", mailbox: mailboxId("b"), ids })).toBe(0);
    expect(await it.page("b")).toEqual([]);
    expect(await it.namesIn("a")).toEqual(["1"]);
  });

  test(`[RS5] ${name} removes a mailbox nobody came to for long`, async () => {
    await using it = await opened();
    it.clock.nowMs += 60 * 24 * HOUR_MS;
    await it.one({ type: "seen", mailbox: mailboxId("a") });
    await it.settle(START_MS + 92 * 24 * HOUR_MS);
    expect(it.store.totals().mailboxes).toBe(1);
    expect(await it.store.mailbox(mailboxId("a"))).toMatchObject({ value: { pendingCount: 0 } });
  });

  test(`[RS3] ${name} keeps order and counters while messages move to its disk`, async () => {
    await using it = await opened();
    await it.put("1", ["a", "b"]);
    await it.put("2", ["a"]);
    await it.settle();
    await it.put("3", ["a", "b"]);
    expect(await it.namesIn("a")).toEqual(["1", "2", "3"]);
    expect((await it.page("a")).map((m) => m.counter)).toEqual([1, 2, 3]);
    await it.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids: idsOf(await it.page("a")) });
    await it.settle();
    expect(await it.namesIn("b")).toEqual(["1", "3"]);
    await it.put("4", ["a"]);
    expect((await it.page("a")).map((m) => m.counter)).toEqual([4]);
  });

  relayPushContract(name, opened);
  relayCapsuleContract(name, opened);
  relayBlobContract(name, opened);
}
