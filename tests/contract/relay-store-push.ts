/** What relay/store/store.ts promises of push subscriptions, for whoever implements it. */
import { expect, test } from "vitest";

import { bytes, grantOp, type Keeper, mailboxId } from "./relay-store-keeper.ts";

const HOUR_MS = 3_600_000;

/** `opened`: a store with mailboxes a, b and c. */
export function relayPushContract(
  name: string,
  opened: () => Promise<Keeper & AsyncDisposable>,
): void {
  test(`[RS16] ${name} keeps one subscription a mailbox, and tells what waits urgently`, async () => {
    await using it = await opened();
    const mailbox = mailboxId("a");
    const [first, second] = [bytes(9, "1"), bytes(7, "2")];
    const view = async () => (await it.store.push(mailbox, it.clock.nowMs)) as { value: unknown };
    const put = (subscription: Uint8Array) => it.one({ type: "putPush", mailbox, subscription });
    expect(await view()).toEqual({ ok: true, value: null });
    expect(await put(first)).toBe("done");
    expect(await put(second)).toBe("done");
    expect(await view()).toEqual({ ok: true, value: { subscription: second, urgentId: 0 } });
    await it.put("1", ["a"]);
    const [urgent] = await it.put("2", ["a", "b"], { isUrgent: true, ttlMs: HOUR_MS });
    await it.put("3", ["a"], { isUrgent: true });
    expect(urgent).toMatchObject({ status: "stored", isWaking: false });
    const id = urgent?.status === "stored" ? urgent.id : 0;
    expect(await view()).toMatchObject({ value: { urgentId: id } });
    await it.settle();
    expect(await view()).toMatchObject({ value: { urgentId: id } });
    await it.one({ type: "ack", mailbox, ids: [id] });
    const [, third] = await it.page("a");
    expect(await view()).toMatchObject({ value: { urgentId: third!.id } });
    expect(await it.store.subscribed(10)).toEqual({ ok: true, value: [mailbox] });
    expect(await it.store.subscribed(0)).toEqual({ ok: true, value: [] });

    await it.one({ type: "deletePush", mailbox, only: first });
    expect(await view()).toMatchObject({ value: { subscription: second } });
    await it.one({ type: "deletePush", mailbox, only: second });
    expect(await view()).toEqual({ ok: true, value: null });
    await put(first);
    await it.one({ type: "deleteMailbox", mailbox });
    expect(await view()).toEqual({ ok: true, value: null });
    expect(await it.store.subscribed(10)).toEqual({ ok: true, value: [] });
    expect(await put(first)).toBe("unknown");
  });

  test(`[RS16] ${name} says which message may wake`, async () => {
    await using it = await opened();
    await it.one(grantOp("a", "w", { push: true }));
    const wakes = async (envelope: string, to: string, isUrgent: boolean) =>
      it.put(envelope, [to], { isUrgent });
    expect(await wakes("1", "a/w", true)).toMatchObject([{ isWaking: true }]);
    expect(await wakes("2", "a/w", false)).toMatchObject([{ isWaking: false }]);
    expect(await wakes("3", "a", true)).toMatchObject([{ isWaking: false }]);
  });
}
