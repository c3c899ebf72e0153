import { expect, test } from "vitest";

import { endpointOf, isPublicAddress, parsePushHosts } from "../../../relay/push/endpoint.ts";
import { PUSH_ENDPOINT_BYTES_MAX } from "../../../sync/wire/limits.ts";

function allows(setting: string, endpoint: string): boolean {
  const hosts = parsePushHosts(setting);
  if (!hosts.ok) throw new Error(hosts.error.entry);
  return endpointOf(endpoint, hosts.value) !== null;
}

test.each([
  "https://fcm.googleapis.com/fcm/send/abc:def",
  "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
  "https://web.push.apple.com/QKZ",
  "https://wns2-par02p.notify.windows.com/w/?token=BQY",
  "https://FCM.googleapis.com:443/x",
])("[PE1] the browsers' own push services are reached: %s", (endpoint) => {
  expect(allows("", endpoint)).toBe(true);
});

test.each([
  "http://fcm.googleapis.com/x",
  "https://fcm.googleapis.com:8443/x",
  "https://user@fcm.googleapis.com/x",
  "https://:secret@fcm.googleapis.com/x",
  "https://fcm.googleapis.com/x#part",
  "https://fcm.googleapis.com./x",
  "https://evilfcm.googleapis.com/x",
  "https://push.services.mozilla.com.evil.example/x",
  "https://push.apple.com/x",
  "https://xpush.apple.com/x",
  "https://push.example.org/x",
  "wss://fcm.googleapis.com/x",
  "fcm.googleapis.com",
  "",
  `https://fcm.googleapis.com/${"x".repeat(PUSH_ENDPOINT_BYTES_MAX)}`,
])("[PE2] nothing else is: %s", (endpoint) => {
  expect(allows("", endpoint)).toBe(false);
});

test.each([
  "https://127.0.0.1/x",
  "https://2130706433/x",
  "https://0x7f.1/x",
  "https://[::1]/x",
  "https://[2a00:1450:4001::1]/x",
  "https://93.184.216.34/x",
  "https://localhost/x",
  "https://router/x",
])("[PE3] an address instead of a name is refused, where any public host is allowed: %s", (it) => {
  expect(allows("any-public", it)).toBe(false);
  expect(allows("any-public", "https://push.example.org/x")).toBe(true);
});

test("[PE4] an operator names more hosts, and origins that may be anywhere", () => {
  const setting = "push.example.org, *.example.net https://localhost:8443";
  expect(allows(setting, "https://push.example.org/x")).toBe(true);
  expect(allows(setting, "https://a.b.example.net/x")).toBe(true);
  expect(allows(setting, "https://example.net/x")).toBe(false);
  expect(allows(setting, "https://localhost:8443/x")).toBe(true);
  expect(allows(setting, "https://localhost:8444/x")).toBe(false);
  expect(allows(setting, "https://fcm.googleapis.com/x")).toBe(true);
});

test.each(["localhost", "*", "*.", "http://localhost:1", "https://a.example/path", "10.0.0.1"])(
  "[PE4] a setting that is no host is refused: %s",
  (entry) => {
    expect(parsePushHosts(`push.example.org ${entry}`)).toEqual({ ok: false, error: { entry } });
  },
);

test.each(["93.184.216.34", "8.8.8.8", "2a00:1450:4001:80b::200e", "2606:4700::1111"])(
  "[PE5] %s is an address of the public internet",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.255.255",
  "192.168.0.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "255.255.255.255",
  "224.0.0.1",
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "64:ff9b::7f00:1",
  "fd00::1",
  "fe80::1",
  "2002:7f00:1::1",
  "2001:db8::1",
  "",
  "localhost",
])("[PE5] %s is none", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
