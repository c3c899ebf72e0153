import { expect, test } from "vitest";

import { isRelayUrl, parseRelayUrl } from "../../../crypto/identity/relay-url.ts";

test.each([
  ["https://relay.example", "https://relay.example"],
  ["https://Relay.Example:443/", "https://relay.example"],
  ["https://relay.example:8443", "https://relay.example:8443"],
  ["http://localhost:8787", "http://localhost:8787"],
  ["http://127.0.0.1:8787/", "http://127.0.0.1:8787"],
  ["http://[::1]:1", "http://[::1]:1"],
  ["https://8.8.8.8", "https://8.8.8.8"],
  ["https://10.example", "https://10.example"],
  ["https://[2001:db8::1]", "https://[2001:db8::1]"],
])("[RU1] %s is %s", (text, origin) => {
  expect(parseRelayUrl(text)).toEqual({ ok: true, value: origin });
  expect(isRelayUrl(origin)).toBe(true);
});

test.each([
  "",
  "relay.example",
  "http://relay.example",
  "ws://localhost",
  "javascript:alert(1)",
  "https://user@relay.example",
  "https://user:secret@relay.example",
  "https://relay.example/path",
  "https://relay.example/?q",
  "https://relay.example/#f",
  `https://${"a".repeat(260)}.example`,
])("[RU2] refuses %s", (text) => {
  expect(parseRelayUrl(text)).toEqual({ ok: false, error: { type: "RelayUrlInvalid" } });
});

test.each([
  "https://10.0.0.1",
  "https://100.64.0.1",
  "https://169.254.169.254",
  "https://172.31.255.1",
  "https://192.168.1.1",
  "https://0x0a.1",
  "https://167772161",
  "https://0.0.0.0",
  "https://224.0.0.1",
  "https://255.255.255.255",
  "https://127.0.0.2",
  "https://[fe80::1]",
  "https://[fd00::1]",
  "https://[::ffff:10.0.0.1]",
  "https://[::]",
])("[RU3] refuses %s, inside somebody's network", (text) => {
  expect(parseRelayUrl(text).ok).toBe(false);
});

test("[RU4] knows its own form only", () => {
  expect(isRelayUrl("https://relay.example/")).toBe(false);
  expect(isRelayUrl("https://RELAY.example")).toBe(false);
});
