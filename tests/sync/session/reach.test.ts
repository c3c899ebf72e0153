import { expect, test } from "vitest";

import { reachFrom, withinReach } from "../../../sync/session/reach.ts";
import type { Transport } from "../../../sync/transport/transport.ts";

const HOME = "https://relay.example";

test.each([
  "https://other.example",
  "https://other.example:8443",
  "https://8.8.8.8",
  "https://[2606:4700::1111]",
])("[SE23] %s may be asked from anywhere", (url) => {
  expect(reachFrom(HOME)(url)).toBe(true);
  expect(reachFrom("http://localhost:8787")(url)).toBe(true);
});

test.each([
  "http://localhost:8787",
  "https://localhost",
  "http://box.localhost:1",
  "http://127.0.0.1:8787",
  "http://[::1]:1",
])("[SE23] %s, this very machine, may be asked only if our home relay is there", (url) => {
  expect(reachFrom(HOME)(url)).toBe(false);
  expect(reachFrom("http://localhost:9999")(url)).toBe(true);
});

test.each([
  "https://printer",
  "https://nas.local",
  "https://vault.corp.internal",
  "https://router.home.arpa",
  "https://localhost.",
  "https://nas.local.",
  "https://[2002:7f00:1::]",
  "https://[2001:0:4136::1]",
  "http://other.example",
])("[SE23] %s is not asked, unless it is our home relay", (url) => {
  expect(reachFrom(HOME)(url)).toBe(false);
  expect(reachFrom("http://localhost:9999")(url)).toBe(false);
  expect(reachFrom(url)(url)).toBe(true);
});

test("[SE23] a request out of reach leaves nothing on any wire", async () => {
  const asked: string[] = [];
  const transport: Transport = {
    connect: () => {
      throw new Error("not here");
    },
    request: (request) => {
      asked.push(request.url);
      return Promise.resolve({ ok: true, value: { status: 200, body: "" } });
    },
    download: (url) => {
      asked.push(url);
      return Promise.resolve({ ok: true, value: { status: 200, bytes: new Uint8Array(0) } });
    },
  };
  const { request, download } = withinReach(transport, reachFrom(HOME));
  const get = (url: string) => request({ method: "GET", url, headers: {} });
  expect((await get("http://localhost:8787/v1/invites/x")).ok).toBe(false);
  expect((await get("https://nas.local/.well-known/kith")).ok).toBe(false);
  expect((await get(`${HOME}/.well-known/kith`)).ok).toBe(true);
  expect((await download("https://nas.local/v1/blobs/x", 1)).ok).toBe(false);
  expect((await download(`${HOME}/v1/blobs/x`, 1)).ok).toBe(true);
  expect(asked).toEqual([`${HOME}/.well-known/kith`, `${HOME}/v1/blobs/x`]);
});
