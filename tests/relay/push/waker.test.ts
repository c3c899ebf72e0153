import { beforeAll, expect, test } from "vitest";

import { toBase64url } from "../../../crypto/base/base64url.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { tokenHashOf } from "../../../crypto/public/relay-ids.ts";
import {
  PUSH_AFTER_MS,
  PUSH_FORGET_MS,
  PUSH_RESUME_MS,
  PUSH_RETRY_MS,
  PUSH_RETRY_MS_MAX,
  TICK_MS,
} from "../../../relay/limits.ts";
import type { PushAnswer } from "../../../relay/push/push-service.ts";
import type { PushSubscription } from "../../../relay/push/subscription.ts";
import type { Store } from "../../../relay/store/store.ts";
import { PATHS, type Problem } from "../../../sync/wire/http.ts";
import {
  filled,
  openWorld,
  type Person,
  putFor,
  type TestSocket,
  type World,
} from "../relay-world.ts";
import { pushKeys, putPushOf } from "./push-keys.ts";

beforeAll(() => ready);

const ENDPOINT = "https://push.example.org/abc";
/** A deadline of the wheel comes up to a tick late. */
const LATE_MS = TICK_MS;

type Sent = { readonly to: PushSubscription; readonly isBare: boolean; readonly atMs: number };
type Rig = {
  readonly world: World;
  readonly sent: readonly Sent[];
  readonly bob: Person;
  /** What the push service answers from now on. */
  readonly answer: { now: PushAnswer };
  readonly write: (body: number, more?: object) => Promise<void>;
};

/** Bob has a mailbox and a subscription; whoever has his token may wake him. */
async function rigOf(store?: Store): Promise<Rig> {
  const sent: Sent[] = [];
  const answer: Rig["answer"] = { now: { type: "taken" } };
  const pushService = {
    mayReach: (endpoint: string) => endpoint === ENDPOINT,
    send: async (to: PushSubscription, isBare: boolean) => {
      sent.push({ to, isBare, atMs: world.clock.nowMs });
      return answer.now.type === "tooLarge" && isBare ? { type: "taken" as const } : answer.now;
    },
  };
  const world = openWorld({ relay: { pushService, ...(store === undefined ? {} : { store }) } });
  const bob = store === undefined ? await world.person(2) : world.stranger(2);
  if (store === undefined) await mayWake(world, bob, true);
  const write = async (body: number, more: object = {}): Promise<void> => {
    const guest = await world.socket();
    guest.send(putFor([bob], filled(50, body), { isUrgent: true, ...more }));
    await world.settle();
  };
  if (store === undefined) await subscribe(world, bob);
  return { world, sent, bob, answer, write };
}

const subscribe = (world: World, by: Person, endpoint = ENDPOINT): Promise<Response> =>
  world.request("PUT", PATHS.push, { by, body: putPushOf(endpoint, pushKeys()) });

const mayWake = (world: World, by: Person, push: boolean): Promise<Response> =>
  world.request("PUT", PATHS.tokens, {
    by,
    body: {
      tokens: [
        {
          hash: toBase64url(tokenHashOf(by.token)),
          class: "contact",
          label: toBase64url(by.token.subarray(0, 4)),
          push,
          expiresAtMs: world.clock.nowMs + 1e9,
        },
      ],
    },
  });

async function fetchAll({ world, bob }: Rig): Promise<TestSocket> {
  const on = await world.online(bob);
  const ids = on.take("msg").map(({ id }) => id);
  on.send({ type: "ack", mailboxIndex: 0, ids });
  await world.settle();
  return on;
}

test("[PW1] wakes who does not acknowledge an urgent message in time, connected or not", async () => {
  const rig = await rigOf();
  await rig.world.online(rig.bob);
  await rig.write(1);
  await rig.world.advance(PUSH_AFTER_MS - 1);
  expect(rig.sent).toEqual([]);
  await rig.world.advance(LATE_MS + 1);
  expect(rig.sent).toMatchObject([{ to: { endpoint: ENDPOINT }, isBare: false }]);
  expect(rig.world.relay.counters.take()).toMatchObject({ "push.taken": 1 });
});

test("[PW1] wakes nobody who came in time, and counts the time of what came later anew", async () => {
  const rig = await rigOf();
  await rig.write(1);
  await rig.world.advance(PUSH_AFTER_MS - 1_000);
  const on = await fetchAll(rig);
  await rig.write(2);
  await rig.world.advance(LATE_MS + 1_000);
  expect(rig.sent).toEqual([]);
  on.send({ type: "ack", mailboxIndex: 0, ids: on.take("msg").map(({ id }) => id) });
  await rig.world.advance(10 * PUSH_AFTER_MS);
  expect(rig.sent).toEqual([]);
});

test("[PW2] wakes only for what is urgent, under a token that may, and who asked for it", async () => {
  const rig = await rigOf();
  await rig.write(1, { isUrgent: false });
  await rig.world.advance(10 * PUSH_AFTER_MS);
  await mayWake(rig.world, rig.bob, false);
  await rig.write(2);
  await rig.world.advance(10 * PUSH_AFTER_MS);
  expect(rig.sent).toEqual([]);
  await mayWake(rig.world, rig.bob, true);
  expect((await rig.world.request("DELETE", PATHS.push, { by: rig.bob })).status).toBe(204);
  await rig.write(3);
  await rig.world.advance(10 * PUSH_AFTER_MS);
  expect(rig.sent).toEqual([]);
});

test("[PW3] wakes once, until the device came for everything", async () => {
  const rig = await rigOf();
  for (const body of [1, 2, 3]) {
    await rig.write(body);
    await rig.world.advance(2 * PUSH_AFTER_MS);
  }
  expect(rig.sent).toHaveLength(1);
  const on = await fetchAll(rig);
  on.connection.closed();
  await rig.write(4);
  await rig.world.advance(2 * PUSH_AFTER_MS);
  expect(rig.sent).toHaveLength(2);
});

test("[PW3] wakes again for what came after the push and was left, and after a day", async () => {
  const rig = await rigOf();
  await rig.write(1);
  await rig.world.advance(2 * PUSH_AFTER_MS);
  await rig.write(2);
  const on = await rig.world.online(rig.bob);
  const [first] = on.take("msg");
  on.send({ type: "ack", mailboxIndex: 0, ids: [first!.id] });
  await rig.world.settle();
  on.connection.closed();
  await rig.world.advance(PUSH_AFTER_MS + LATE_MS);
  expect(rig.sent).toHaveLength(2);
  await rig.world.advance(PUSH_FORGET_MS + LATE_MS);
  expect(rig.sent).toHaveLength(2);
  await rig.write(3);
  await rig.world.advance(PUSH_AFTER_MS + LATE_MS);
  expect(rig.sent).toHaveLength(3);
});

test("[PW4] forgets a subscription that is gone, unless it was replaced meanwhile", async () => {
  const rig = await rigOf();
  rig.answer.now = { type: "gone" };
  await rig.write(1);
  await rig.world.advance(PUSH_AFTER_MS + LATE_MS);
  await rig.write(2);
  await rig.world.advance(10 * PUSH_AFTER_MS);
  expect(rig.sent).toHaveLength(1);
  rig.answer.now = { type: "taken" };
  await subscribe(rig.world, rig.bob);
  await rig.world.advance(PUSH_AFTER_MS + LATE_MS);
  expect(rig.sent).toHaveLength(2);
});

test("[PW5] sends without content where content is too much", async () => {
  const rig = await rigOf();
  rig.answer.now = { type: "tooLarge" };
  await rig.write(1);
  await rig.world.advance(10 * PUSH_AFTER_MS);
  expect(rig.sent.map(({ isBare }) => isBare)).toEqual([false, true]);
});

test("[PW6] tries again with growing pauses, as long as anything waits", async () => {
  const rig = await rigOf();
  rig.answer.now = { type: "later", afterMs: 0 };
  await rig.write(1);
  await rig.world.advance(PUSH_AFTER_MS + LATE_MS);
  for (const factor of [1, 2, 4]) {
    const before = rig.sent.length;
    await rig.world.advance(PUSH_RETRY_MS * factor - 2 * LATE_MS);
    expect(rig.sent).toHaveLength(before);
    await rig.world.advance(2 * LATE_MS);
    expect(rig.sent).toHaveLength(before + 1);
  }
  rig.answer.now = { type: "later", afterMs: PUSH_RETRY_MS_MAX };
  await rig.world.advance(PUSH_RETRY_MS * 8 + LATE_MS);
  expect(rig.sent).toHaveLength(5);
  await rig.world.advance(PUSH_RETRY_MS_MAX - 10_000);
  expect(rig.sent).toHaveLength(5);
  await fetchAll(rig);
  await rig.world.advance(2 * PUSH_RETRY_MS_MAX);
  expect(rig.sent).toHaveLength(5);
}, 30_000);

test("[PW7] a relay that starts wakes for what it had stored a short while before", async () => {
  const before = await rigOf();
  await before.write(1);
  const after = await rigOf(before.world.store);
  await after.world.relay.waker.resume();
  await after.world.advance(PUSH_AFTER_MS + LATE_MS);
  expect(after.sent).toHaveLength(1);
  const late = await rigOf(before.world.store);
  late.world.clock.nowMs += PUSH_RESUME_MS + 1_000;
  await late.world.relay.waker.resume();
  await late.world.advance(10 * PUSH_AFTER_MS);
  expect(late.sent).toEqual([]);
});

test("[PW8] a subscription is its owner's, has keys that fit, and leads where this relay pushes", async () => {
  const { world, bob } = await rigOf();
  const put = async (body: object, by = bob): Promise<readonly [number, string]> => {
    const answer = await world.request("PUT", PATHS.push, { by, body });
    return [answer.status, answer.ok ? "" : ((await answer.json()) as Problem).type];
  };
  const good = putPushOf(ENDPOINT, pushKeys());
  expect(await put(good)).toEqual([204, ""]);
  expect(await put(good, { ...bob, seed: filled(32, 9) })).toEqual([401, "SignatureInvalid"]);
  const elsewhere = { ...good, endpoint: "https://elsewhere.example.org/" };
  expect(await put(elsewhere)).toEqual([422, "EndpointRefused"]);
  const malformed = [400, "BodyMalformed"];
  expect(await put({ ...good, more: 1 })).toEqual(malformed);
  expect(await put({ ...good, auth: "AA" })).toEqual(malformed);
  expect(await put({ ...good, p256dh: toBase64url(filled(65, 4)) })).toEqual(malformed);
  expect(await put({ ...good, vapidPrivateKey: toBase64url(filled(32, 0)) })).toEqual(malformed);
  const other = putPushOf(ENDPOINT, pushKeys());
  expect(await put({ ...good, vapidPublicKey: other.vapidPublicKey })).toEqual(malformed);
});

test("[PW8] a relay that wakes nobody takes no subscription", async () => {
  const world = openWorld();
  const bob = await world.person(2);
  expect((await subscribe(world, bob)).status).toBe(422);
});
