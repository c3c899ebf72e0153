/** Messages that come while the app is closed: a push wakes the service worker, which reads and tells. */
import { expect, firefox, type Page } from "@playwright/test";

import { ENGINE_LOCK } from "../../app/engine/succession.ts";
import { firefoxLaunch } from "../../scripts/browsers.ts";
import { CERTIFICATE_PATH } from "../relay/push/push-mock.ts";
import { startAutopush } from "./autopush.ts";
import { AGAIN_MS, type Person, person } from "./person.ts";
import { startRelay } from "./relay-process.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

type Shown = { readonly title: string; readonly body: string };

const notificationsOf = (page: Page): Promise<readonly Shown[]> =>
  page.evaluate(async () => {
    const { getNotifications } = await navigator.serviceWorker.ready.then((it) => ({
      getNotifications: () => it.getNotifications(),
    }));
    return (await getNotifications()).map(({ title, body }) => ({ title, body }));
  });

const sorted = (shown: readonly Shown[]): readonly Shown[] =>
  shown.toSorted((a, b) => (a.title < b.title ? -1 : 1));

const serviceWorkerReady = (page: Page): Promise<void> =>
  page.evaluate(async () => void (await navigator.serviceWorker.ready));

/** Who has the engine: a page's worker or the service worker; null: nobody. */
const engineHolder = (page: Page): Promise<string | null> =>
  page.evaluate(async (name) => {
    const { held } = await navigator.locks.query();
    return held?.find((it) => it.name === name)?.clientId ?? null;
  }, ENGINE_LOCK);

/** To her own mailbox, and to write to others. */
const ALICES_SOCKETS = 2;

async function socketsAt(url: string): Promise<number> {
  const status = (await (await fetch(`${url}/status.json`)).json()) as { readonly sockets: number };
  return status.sockets;
}

test("[ACU1] [ANC1] a push of the relay wakes a closed app, which reads, tells and lets the sender know @firefox", async ({
  watch,
}) => {
  test.setTimeout(120_000);
  await using autopush = await startAutopush();
  await using relay = await startRelay({
    KITH_PUSH_HOSTS: autopush.mock.origin,
    NODE_EXTRA_CA_CERTS: CERTIFICATE_PATH,
  });
  const { launchOptions, ...launch } = firefoxLaunch();
  await using browser = await firefox.launch({
    ...launch,
    ...launchOptions,
    firefoxUserPrefs: autopush.preferences,
  });
  await using alice = await person(browser, relay.url);
  await using bob = await person(browser, relay.url);
  await watch(bob.context);
  await alice.start("Alice");
  await bob.context.grantPermissions(["notifications"], { origin: relay.url });
  await bob.accept(await alice.invite(), "Bob");
  await alice.open("Bob");
  await expect(bob.page.getByRole("button", { name: "Turn on notifications" })).toHaveCount(0);
  await alice.say("Hello");
  await bob.sees("Hello");
  await bob.page.getByRole("button", { name: "Turn on notifications" }).click();
  await expect(bob.page.getByRole("button", { name: "Turn on notifications" })).toHaveCount(0);

  await bob.leave();
  await alice.say("Are you asleep?");
  await alice.seesState("Are you asleep?", "Delivered");
  expect(autopush.mock.received).toHaveLength(1);
  const [push] = autopush.mock.received;
  expect(push?.headers).toMatchObject({ urgency: "high", "content-encoding": "aes128gcm" });

  // The service worker has gone: what it told was not read in the app before.
  await expect.poll(() => socketsAt(relay.url)).toBeLessThanOrEqual(ALICES_SOCKETS);
  const back = await bob.comeBack();
  await back.sees("Are you asleep?");
  await expect
    .poll(() => notificationsOf(back.page))
    .toEqual([{ title: "Alice", body: "Are you asleep?" }]);
  await back.say("Not any more");
  await alice.sees("Not any more");
});

type Push = { readonly deliver: () => Promise<void>; readonly stopAll: () => Promise<void> };

/** Chromium's own way in for tests: it has no push service here. `page` stays open beside the app. */
async function pushInto({ context, url }: Person, page: Page): Promise<Push> {
  const cdp = await context.newCDPSession(page);
  const { promise, resolve } = Promise.withResolvers<string>();
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const found = registrations.find(({ scopeURL }) => scopeURL.startsWith(url));
    if (found !== undefined) resolve(found.registrationId);
  });
  await cdp.send("ServiceWorker.enable");
  const registrationId = await promise;
  return {
    deliver: async () => {
      await cdp.send("ServiceWorker.deliverPushMessage", {
        origin: url,
        registrationId,
        data: "wake",
      });
    },
    stopAll: async () => void (await cdp.send("ServiceWorker.stopAllWorkers")),
  };
}

test("[ACU1] [ACU2] [APN2] [APN3] a push to a stopped service worker: it reads, tells once, and the app goes on from there @chromium", async ({
  friends,
  relay,
}) => {
  test.setTimeout(120_000);
  const [alice, bob] = await friends();
  await alice.say("Hello");
  await bob.sees("Hello");
  await bob.context.grantPermissions(["notifications"], { origin: bob.url });
  await serviceWorkerReady(bob.page);
  // Of the same origin, and not the app.
  const beside = await bob.context.newPage();
  await beside.goto(`${bob.url}/status`);
  const push = await pushInto(bob, beside);
  await bob.leave();
  // His engine has gone: what is delivered from here on, the service worker took.
  await expect.poll(() => socketsAt(bob.url)).toBeLessThanOrEqual(ALICES_SOCKETS);
  await alice.say("one", "two");
  await alice.seesState("two", "Sent");
  await push.stopAll();
  await push.deliver();
  await alice.seesState("two", "Delivered");
  await expect
    .poll(() => notificationsOf(beside), { timeout: AGAIN_MS })
    .toEqual([{ title: "Alice", body: "two" }]);

  // The app starts while the service worker is at it, which a relay that is away keeps it: one of them
  // has the engine at a time, and it is handed over.
  await expect.poll(() => engineHolder(beside), { timeout: AGAIN_MS }).toBeNull();
  await alice.say("three");
  await alice.seesState("three", "Sent");
  await relay.kill();
  await push.deliver();
  await expect.poll(() => engineHolder(beside)).not.toBeNull();
  const worker = await engineHolder(beside);
  expect(worker).not.toBeNull();
  const back = await bob.comeBack();
  await expect.poll(async () => [null, worker].includes(await engineHolder(beside))).toBe(false);
  const told = [
    { title: "Alice", body: "two" },
    { title: "You may have new messages", body: "" },
  ];
  await expect.poll(async () => sorted(await notificationsOf(beside))).toEqual(told);
  await relay.start();
  await back.sees("three");
  await alice.say("four");
  await back.sees("four");
  await back.say("five");
  await alice.sees("five");
  expect((await back.transcript(6)).map((it) => it.split("\n")[0])).toHaveLength(6);
  for (const text of ["one", "two", "three", "four"]) await back.sees(text);
  // What came to the app before somebody's eyes is told by nobody.
  expect(sorted(await notificationsOf(beside))).toEqual(told);
});

test("[AWK1] [APW1] [APN4] a push while the app is open asks its engine, and something is always shown, but for muted chats @chromium", async ({
  friends,
}) => {
  const [alice, bob] = await friends();
  await bob.context.grantPermissions(["notifications"], { origin: bob.url });
  await serviceWorkerReady(bob.page);
  const beside = await bob.context.newPage();
  await beside.goto(`${bob.url}/status`);
  const push = await pushInto(bob, beside);
  await push.deliver();
  await expect
    .poll(() => notificationsOf(bob.page), { timeout: AGAIN_MS })
    .toEqual([{ title: "You may have new messages", body: "" }]);
  await expect(bob.page.getByText("Kith was updated")).toHaveCount(0);

  // What is muted is read like anything else, and nothing is left standing of it: not even the line above.
  await bob.page.getByRole("button", { name: "Chat menu" }).click();
  await bob.page.getByRole("menuitem", { name: "Mute" }).click();
  const dialog = bob.page.getByRole("dialog");
  await dialog.getByText("Always").click();
  await dialog.getByRole("button", { name: "Mute" }).click();
  await expect(dialog).toHaveCount(0);
  // The engine has noted it: the dialog closes before that.
  await expect(bob.chat("Alice")).toHaveAccessibleName(/muted/u, { timeout: AGAIN_MS });
  await bob.leave();
  await expect.poll(() => socketsAt(bob.url)).toBeLessThanOrEqual(ALICES_SOCKETS);
  await alice.say("psst");
  await alice.seesState("psst", "Sent");
  await push.deliver();
  await alice.seesState("psst", "Delivered");
  // It tells before it lets go.
  await expect
    .poll(() => socketsAt(bob.url), { timeout: AGAIN_MS })
    .toBeLessThanOrEqual(ALICES_SOCKETS);
  await expect.poll(() => notificationsOf(beside)).toEqual([]);
  await bob.comeBack().then((back) => back.sees("psst"));
});
