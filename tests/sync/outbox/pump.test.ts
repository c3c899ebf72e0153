import { beforeAll, expect, test } from "vitest";

import { ok, type Result } from "../../../crypto/base/result.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { openLane } from "../../../sync/lane.ts";
import { openPump } from "../../../sync/outbox/pump.ts";
import { RESEND_TABLES, resendLost } from "../../../sync/outbox/resend.ts";
import { openKnocks } from "../../../sync/session/knocks.ts";
import type { PutError } from "../../../sync/session/link.ts";
import type { OutboxRow } from "../../../sync/store/rows.ts";
import type { PutStatus } from "../../../sync/wire/ok-frame.ts";
import { introduce, NOW_MS, RELAY_URL, type Someone, someone } from "../acquainted.ts";
import { HeldTimers } from "../transport/held-timers.ts";

beforeAll(() => ready);

const STORED: PutStatus = { status: "stored" };

const entriesOf = (who: Someone): Promise<readonly OutboxRow[]> =>
  who.change(async (tx) =>
    (await tx.range("outbox", "primary", {})).filter((it) => it.what === "entry"),
  );

test("[OB6] what a relay said before it lost its store counts no more, though it comes after", async () => {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob);
  await alice.change(async (tx) => {
    const channel = await openChannel(tx, alice.self, bob.self.account);
    await appendMessage(tx, { ...alice.context, channel, text: "hello" });
    await resendLost(tx, RELAY_URL, "old");
  });
  const answers: ((answer: Result<readonly PutStatus[], PutError>) => void)[] = [];
  const link = {
    state: () => ({ type: "open" }),
    put: () => new Promise((resolve) => void answers.push(resolve)),
  };
  let storeInc = "old";
  const timers = new HeldTimers(NOW_MS);
  const pump = openPump({
    store: alice.store,
    lane: openLane(),
    timers,
    random: alice.random,
    self: () => alice.self,
    linkTo: () => link as never,
    knocks: openKnocks("https://home.example", { now: () => NOW_MS }),
    maySpeak: () => true,
    httpOf: () => ({}) as never,
    storeIncOf: () => storeInc,
    upkeep: () => undefined,
    receipt: () => undefined,
    lost: () => undefined,
    wrote: () => undefined,
    failed: (error) => expect.fail(String(error)),
  });
  pump.wake();
  await timers.settle();
  expect(answers.length).toBeGreaterThan(0);
  // On another connection it says that it has another store, and then the answers come.
  storeInc = "new";
  await alice.store.write(RESEND_TABLES, (tx) => resendLost(tx, RELAY_URL, storeInc));
  for (const answer of answers.splice(0)) answer(ok([STORED]));
  await timers.settle();
  const states = async (): Promise<readonly string[]> =>
    (await entriesOf(alice)).flatMap(({ targets }) => targets.map((it) => it.state));
  expect(new Set(await states())).toEqual(new Set(["pending"]));

  await timers.advance(2_000);
  expect(answers.length).toBeGreaterThan(0);
  for (const answer of answers.splice(0)) answer(ok([STORED]));
  await timers.settle();
  expect(new Set(await states())).toEqual(new Set(["stored"]));
  const told = (await entriesOf(alice)).flatMap(({ targets }) => targets.map((it) => it.storeInc));
  expect(new Set(told)).toEqual(new Set(["new"]));
  pump.close();
});
