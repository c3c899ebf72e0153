/**
 * [OG1] The app talks with its own relay, and with nobody else: no font, icon, preview, count or update
 * comes from anywhere.
 */
import { once } from "node:events";
import { createServer } from "node:http";

import { expect } from "@playwright/test";

import { person } from "./person.ts";
import { test } from "./world.ts";

/** Chromium itself asks its maker about form fields; there is no switch against it alone. */
const BROWSERS_OWN = "content-autofill.googleapis.com:443";

/**
 * A proxy for everything that is not this machine: pages, workers and service workers come by here,
 * and nothing gets through. It notes whom they wanted.
 */
async function proxyToNowhere(): Promise<AsyncDisposable & { url: string; wanted: Set<string> }> {
  const wanted = new Set<string>();
  const server = createServer((asked, answer) => {
    wanted.add(asked.url ?? "");
    answer.writeHead(502).end();
  });
  // https and wss ask for a tunnel first.
  server.on("connect", (asked, socket) => {
    wanted.add(asked.url ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    wanted,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

test("[OG1] a whole conversation asks nothing of any other origin", async ({
  browser,
  newcomer,
  relay,
}) => {
  await using proxy = await proxyToNowhere();
  const options = { proxy: { server: proxy.url, bypass: "localhost" } };
  const [alice, bob] = await Promise.all([
    newcomer(relay.url, options),
    newcomer(relay.url, options),
  ]);
  const asked = new Set<string>();
  for (const { context } of [alice, bob]) {
    context.on("request", (request) => asked.add(new URL(request.url()).origin));
  }
  await alice.start("Alice");
  await bob.accept(await alice.invite(), "Bob");
  await bob.say("look at https://elsewhere.example/picture.png");
  await alice.open("Bob");
  await alice.sees("look at");
  await alice.say("later");
  await bob.seesState("look at", "Read");
  await alice.page.reload();
  await alice.sees("later");
  expect([...asked]).toEqual([relay.url]);
  proxy.wanted.delete(BROWSERS_OWN);
  expect([...proxy.wanted]).toEqual([]);

  // Somebody who asked would have been noticed.
  await using chatterbox = await person(browser, relay.url, options);
  await chatterbox.page.goto(relay.url);
  await chatterbox.page.evaluate(() => fetch("https://elsewhere.example/").catch(() => undefined));
  expect(proxy.wanted).toContain("elsewhere.example:443");
});
