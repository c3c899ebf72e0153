/** What anybody may know of a relay: that it lives, what it speaks, and how much it holds. */
import { Hono } from "hono";

import { PATHS } from "../../sync/wire/http.ts";
import type { Relay } from "../relay.ts";
import { problem } from "./problem.ts";

export const statusRoutes = (relay: Relay): Hono =>
  new Hono()
    .use("*", async (c, next) => {
      await next();
      c.res.headers.set("cache-control", "no-store");
    })
    .get(PATHS.discovery, (c) => c.json(relay.discovery()))
    .get(PATHS.health, (c) => c.text("ok"))
    .get(PATHS.readiness, (c) =>
      relay.isReady() ? c.text("ready") : problem(c, { type: "Overloaded", retryAfterMs: 1_000 }),
    )
    .get(PATHS.status, (c) => c.json(relay.status()))
    .get(PATHS.statusPage, (c) => c.html(statusPage(relay)));

/** Numbers only: nothing here needs escaping. */
function statusPage(relay: Relay): string {
  const { mailboxes, messages, bytes, oldestSeconds, blobs, blobBytes, sockets } = relay.status();
  const rows: readonly (readonly [string, number])[] = [
    ["Mailboxes", mailboxes],
    ["Messages that wait", messages],
    ["Bytes that wait", bytes],
    ["Age of the oldest, in seconds", oldestSeconds],
    ["Files", blobs],
    ["Bytes of files", blobBytes],
    ["Connections", sockets],
  ];
  const lines = rows.map(
    ([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width"><title>Kith relay</title></head>',
    "<body><h1>Kith relay</h1><p>It holds sealed messages until their devices have them.</p>",
    `<table>${lines.join("")}</table></body></html>`,
  ].join("\n");
}
