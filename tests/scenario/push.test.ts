/** A device tells its relay how it is woken, and by whom it may be. */
import { expect, test } from "vitest";

import { tokenFor } from "../../sync/contact/contacts.ts";
import { type PutPush, PATHS, type PutTokens } from "../../sync/wire/http.ts";
import { Chance } from "../sim/chance.ts";
import type { ScenarioRelay } from "./relay.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, world } from "./world.ts";

const subscription: PutPush = {
  endpoint: "https://push.example.org/abc",
  p256dh: "BA",
  auth: "AA",
  vapidPublicKey: "BA",
  vapidPrivateKey: "AA",
};

type Told = { readonly method: string; readonly text: string };

/** What the relay is told under a path; `answer` instead of its own word. */
function listen(relay: ScenarioRelay, path: string, answer?: () => Response): readonly Told[] {
  const told: Told[] = [];
  relay.between = async (request, forward) => {
    if (new URL(request.url).pathname !== path) return forward(request);
    told.push({ method: request.method, text: await request.clone().text() });
    return answer?.() ?? forward(request);
  };
  return told;
}

test("[UP9] how a device is woken is told once a day, and again to a relay that forgot it", async () => {
  const it = await world(["alice"]);
  const { alice, relay, pass, night, killRelay } = it;
  const told = listen(relay, PATHS.push, () => new Response(null, { status: 204 }));
  await pass(MINUTE_MS);
  expect(told).toEqual([]);
  await alice.device.push(subscription);
  await pass(MINUTE_MS);
  const put = { method: "PUT", text: JSON.stringify(subscription) };
  expect(told).toEqual([put]);
  await night(HOUR_MS);
  await pass(MINUTE_MS);
  expect(told).toEqual([put]);
  await night(DAY_MS);
  await pass(MINUTE_MS);
  expect(told).toEqual([put, put]);
  killRelay(relay, { forgets: true });
  relay.start();
  await pass(MINUTE_MS);
  expect(told).toEqual([put, put, put]);
  await alice.device.push(null);
  await pass(MINUTE_MS);
  await night(2 * DAY_MS);
  await pass(MINUTE_MS);
  expect(told.slice(3)).toEqual([{ method: "DELETE", text: "" }]);
});

test("[UP9] a relay that does not push there is told all the rest", async () => {
  const { alice, relay, pass } = await world(["alice"]);
  const told = listen(relay, PATHS.push);
  await alice.device.push(subscription);
  await alice.invite();
  await pass(MINUTE_MS);
  expect(told).toHaveLength(1);
  expect((await alice.rows("invites")).map(({ published }) => published)).toEqual([true]);
});

test("[UP9] a relay that is away is told when it is back", async () => {
  const { alice, relay, pass, killRelay } = await world(["alice"]);
  await pass(MINUTE_MS);
  killRelay(relay);
  await alice.device.push(subscription);
  await pass(MINUTE_MS);
  const told = listen(relay, PATHS.push, () => new Response(null, { status: 204 }));
  relay.start();
  await pass(10 * MINUTE_MS);
  expect(told).toHaveLength(1);
});

test("[UP10] contacts may wake us, our own other devices may not", async () => {
  const { alice, bob, relay, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const told = listen(relay, PATHS.tokens);
  const own = (await alice.rows("contacts")).find(({ state }) => state === "self");
  const effects = { upkeep: () => undefined };
  const random = new Chance(1, "tokens").bytes;
  const context = { nowMs: alice.timers.now(), random, effects };
  const theirs = await alice.contact(bob);
  await alice.store.write(["tokens", "contacts"], async (tx) => {
    for (const it of [own!, theirs]) await tx.delete("tokens", it.token);
    await tokenFor(tx, context, own!);
    await tokenFor(tx, context, theirs);
  });
  await alice.invite();
  await alice.sleep();
  await alice.wake();
  await pass(MINUTE_MS);
  const granted = told
    .filter(({ method }) => method === "PUT")
    .flatMap(({ text }) => (JSON.parse(text) as PutTokens).tokens)
    .map((it) => `${it.class} ${it.push}`);
  expect(granted.toSorted()).toEqual(["contact false", "contact true", "invite false"]);
});
