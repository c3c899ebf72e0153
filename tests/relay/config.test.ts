import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { printConfig, readConfig, SETTINGS } from "../../relay/config.ts";

const read = (environment: Readonly<Record<string, string>>) => readConfig(environment);
const refusedWith = (environment: Readonly<Record<string, string>>): string => {
  const config = read(environment);
  return config.ok ? "" : config.error.message;
};

test("[CF1] needs no setting at all", () => {
  expect(read({ HOME: "/anywhere" })).toMatchObject({
    ok: true,
    value: {
      port: 8787,
      host: null,
      dataFolder: "./data",
      appFolder: "./dist",
      publicUrl: null,
      registration: "open",
      log: "info",
      settings: { mailboxMessagesMax: 10_000, messageTtlMs: 30 * 86_400_000 },
    },
  });
});

test("[CF2] takes what is set", () => {
  const environment = {
    PORT: "9000",
    HOST: "127.0.0.1",
    KITH_PUBLIC_URL: "https://chat.example.org/",
    KITH_REGISTRATION: "invite",
    KITH_TTL_DAYS: "7",
    KITH_LOG: "quiet",
  };
  expect(read(environment)).toMatchObject({
    value: {
      port: 9_000,
      host: "127.0.0.1",
      publicUrl: "https://chat.example.org",
      registration: "invite",
      log: "quiet",
      settings: { messageTtlMs: 7 * 86_400_000, slotTtlMs: 7 * 86_400_000 },
    },
  });
});

test.each([
  ["PORT", "0"],
  ["PORT", "65536"],
  ["PORT", "8787x"],
  ["PORT", "-1"],
  ["PORT", ""],
  ["KITH_TTL_DAYS", "31"],
  ["KITH_TTL_DAYS", "1e1"],
  ["KITH_MAILBOX_MESSAGES", "99"],
  ["KITH_SOCKETS_MAX", "0"],
  ["KITH_REGISTRATION", "everybody"],
  ["KITH_LOG", "debug"],
  ["KITH_PUBLIC_URL", "chat.example.org"],
  ["KITH_PUBLIC_URL", "ftp://chat.example.org"],
  ["KITH_PUBLIC_URL", "https://chat.example.org/path"],
  ["KITH_PUBLIC_URL", "https://user:secret@chat.example.org"],
  ["KITH_TRUSTED_PROXY", "proxy.example.org"],
  ["KITH_DATA", " "],
])("[CF3] refuses %s=%s with a sentence that names it", (name, value) => {
  const message = refusedWith({ [name]: value });
  expect(message).toContain(name);
  expect(message).toMatch(/\.$/u);
  expect(message).not.toContain("secret");
});

test("[CF4] refuses a KITH_ name that it does not know", () => {
  expect(refusedWith({ KITH_REGISTRATON: "open" })).toBe(
    "KITH_REGISTRATON is no setting of the relay.",
  );
});

test("[CF5] prints every setting and no login", () => {
  const printed = printConfig({
    KITH_PUBLIC_URL: "https://user:secret@chat.example.org",
    PORT: "1",
  });
  expect(printed.trimEnd().split("\n")).toHaveLength(SETTINGS.length);
  expect(printed).toContain("PORT=1\n");
  expect(printed).toContain("KITH_PUBLIC_URL=https://[redacted]@chat.example.org\n");
});

test("[CF6] docs/self-hosting.md shows the same table", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/self-hosting.md"), "utf8");
  const rows = page
    .split("\n")
    .filter((line) => /^\| `[A-Z_]+` *\|/u.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, name = "", fallback = "", meaning = ""]) => ({
      name: name.replaceAll("`", ""),
      fallback: fallback.replaceAll("`", ""),
      meaning,
    }));
  expect(rows).toEqual(SETTINGS.map((it) => ({ ...it })));
});
