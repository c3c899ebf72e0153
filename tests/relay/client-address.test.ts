import { expect, test } from "vitest";

import { addressReader, LOOPBACK, parseProxies } from "../../relay/client-address.ts";

const readerOf = (list: string) => {
  const proxies = parseProxies(list);
  if (!proxies.ok) throw new Error(proxies.error.entry);
  return addressReader(proxies.value);
};

test.each([
  ["203.0.113.77", "203.0.113"],
  ["::ffff:203.0.113.77", "203.0.113"],
  ["2001:db8:1:22ff:5::6", "8193:3512:1:8704"],
  ["2001:db8::1", "8193:3512:0:0"],
  ["::1", LOOPBACK],
  ["127.0.0.1", LOOPBACK],
  ["::ffff:127.0.0.1", LOOPBACK],
  [undefined, "unknown"],
  ["nonsense", "unknown"],
])("[AD1] takes %s for its neighbourhood", (remote, prefix) => {
  expect(readerOf("")(remote, undefined)).toBe(prefix);
});

test("[AD2] believes X-Forwarded-For only from a named proxy, and only what it wrote", () => {
  const none = readerOf("");
  expect(none("203.0.113.1", "198.51.100.1")).toBe("203.0.113");
  expect(none("127.0.0.1", "198.51.100.1")).toBe(LOOPBACK);
  const proxied = readerOf("loopback, 10.0.0.0/8");
  expect(proxied("127.0.0.1", "198.51.100.1")).toBe("198.51.100");
  expect(proxied("127.0.0.1", "192.0.2.9, 198.51.100.1")).toBe("198.51.100");
  expect(proxied("127.0.0.1", "192.0.2.9, 198.51.100.1, 10.1.1.1")).toBe("198.51.100");
  expect(proxied("203.0.113.1", "198.51.100.1")).toBe("203.0.113");
  expect(proxied("127.0.0.1", undefined)).toBe("unknown");
  expect(proxied("127.0.0.1", "not an address")).toBe("unknown");
  expect(proxied("::1", "2001:db8::7")).toBe("8193:3512:0:0");
});

test.each(["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "localhost", "10.0.0", "::1/129", "1/2"])(
  "[AD3] refuses %s as a proxy",
  (entry) => {
    expect(parseProxies(`loopback,${entry}`)).toEqual({
      ok: false,
      error: { type: "ProxyMalformed", entry },
    });
  },
);
