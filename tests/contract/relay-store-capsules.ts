/** What relay/store/store.ts promises of recovery capsules, for whoever implements it. */
import { expect, test } from "vitest";

import { CAPSULE_COUNTER_STEP_MAX } from "../../relay/limits.ts";
import type { OpOf } from "../../relay/store/store.ts";
import type { CapsulePlace, CapsulePutHash } from "../../sync/wire/ids.ts";
import { CAPSULE_LIFE_MS, CAPSULES_PER_MAILBOX_MAX } from "../../sync/wire/limits.ts";
import { bytes, type Keeper, mailboxId } from "./relay-store-keeper.ts";

const place = (name: string): CapsulePlace => bytes(16, name) as CapsulePlace;
const capsuleOp = (mailbox: string, more: Partial<OpOf<"putCapsule">> = {}) =>
  ({
    type: "putCapsule",
    mailbox: mailboxId(mailbox),
    place: place("p"),
    putHash: bytes(32, "k") as CapsulePutHash,
    counter: 1,
    capsule: bytes(900, "1"),
    ...more,
  }) as const satisfies OpOf<"putCapsule">;

/** `opened`: a store with mailboxes a, b and c. */
export function relayCapsuleContract(
  name: string,
  opened: () => Promise<Keeper & AsyncDisposable>,
): void {
  const viewIn = async (it: Keeper, at = "p") => {
    const held = await it.store.capsule(place(at), it.clock.nowMs);
    if (!held.ok) throw new Error(held.error.cause);
    return held.value;
  };

  test(`[RS17] ${name} replaces a capsule by a higher counter under the same key, from any mailbox`, async () => {
    await using it = await opened();
    expect(await viewIn(it)).toBeNull();
    expect(await it.one(capsuleOp("nobody"))).toBe("unknown");
    expect(await it.one(capsuleOp("a"))).toBe("done");
    const expiresAtMs = it.clock.nowMs + CAPSULE_LIFE_MS;
    const putHash = bytes(32, "k") as CapsulePutHash;
    const first = { capsule: bytes(900, "1"), counter: 1, expiresAtMs, putHash };
    expect(await viewIn(it)).toMatchObject(first);
    expect(await it.one(capsuleOp("a"))).toBe("done");
    const { mailboxNo } = (await viewIn(it)) ?? {};
    const next = { counter: 2, capsule: bytes(700, "2") };
    expect(await it.one(capsuleOp("a", { capsule: next.capsule }))).toBe("old");
    const other = bytes(32, "x") as CapsulePutHash;
    expect(await it.one(capsuleOp("a", { ...next, putHash: other }))).toBe("taken");
    it.clock.nowMs += 1_000;
    expect(await it.one(capsuleOp("b", next))).toBe("done");
    expect(await it.one(capsuleOp("a"))).toBe("old");
    expect(await viewIn(it)).toMatchObject({ mailboxNo });
    expect(await viewIn(it)).toMatchObject({ ...next, putHash, expiresAtMs: expiresAtMs + 1_000 });
  });

  test(`[RS17] ${name} keeps a capsule longer than its mailbox, and not longer than its time`, async () => {
    await using it = await opened();
    await it.one(capsuleOp("a"));
    await it.one({ type: "deleteMailbox", mailbox: mailboxId("a") });
    await it.settle();
    expect(await viewIn(it)).toMatchObject({ counter: 1 });
    const other = bytes(32, "x") as CapsulePutHash;
    it.clock.nowMs += CAPSULE_LIFE_MS;
    expect(await viewIn(it)).toBeNull();
    await it.open("d");
    expect(await it.one(capsuleOp("d", { putHash: other }))).toBe("done");
    expect(await viewIn(it)).toMatchObject({ counter: 1 });
    await it.settle();
    expect(await viewIn(it)).toMatchObject({ counter: 1 });
  });

  test(`[RS17] ${name} takes no counter that is far above the one before`, async () => {
    await using it = await opened();
    const far = CAPSULE_COUNTER_STEP_MAX;
    expect(await it.one(capsuleOp("a", { counter: far + 1 }))).toBe("ahead");
    expect(await viewIn(it)).toBeNull();
    expect(await it.one(capsuleOp("a", { counter: far }))).toBe("done");
    expect(await it.one(capsuleOp("b", { counter: Number.MAX_SAFE_INTEGER }))).toBe("ahead");
    expect(await it.one(capsuleOp("b", { counter: 2 * far }))).toBe("done");
    expect(await it.one(capsuleOp("a", { counter: 2 * far + 1 }))).toBe("done");
  });

  test(`[RS17] ${name} lets a mailbox begin so many places, and no other's count`, async () => {
    await using it = await opened();
    for (let n = 0; n < CAPSULES_PER_MAILBOX_MAX; n += 1) {
      expect(await it.one(capsuleOp("a", { place: place(`${n}`) }))).toBe("done");
    }
    expect(await it.one(capsuleOp("a", { place: place("z") }))).toBe("tooMany");
    expect(await it.one(capsuleOp("a", { place: place("0"), counter: 2 }))).toBe("done");
    expect(await it.one(capsuleOp("b", { place: place("0"), counter: 3 }))).toBe("done");
    expect(await it.one(capsuleOp("b", { place: place("z") }))).toBe("done");
  });
}
