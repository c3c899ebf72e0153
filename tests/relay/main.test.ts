import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeAll, expect, test, vi } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import type { Status } from "../../sync/wire/http.ts";
import { PATHS } from "../../sync/wire/http.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { type RelayProcess, startRelay } from "../e2e/relay-process.ts";
import { LivePerson, livePut, LiveSocket } from "./live-client.ts";

beforeAll(() => ready);
// Processes start slowly on a machine that is busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const ROOT = join(import.meta.dirname, "../..");
const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "kith-main-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A run that ends by itself. */
async function run(
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, ["relay/main.ts", ...args], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"] ?? "", KITH_DATA: newFolder(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 15_000,
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => (out += String(text)));
  child.stderr.on("data", (text) => (err += String(text)));
  const [code] = (await once(child, "close")) as [number];
  return { code, out, err };
}

const statusOf = async (relay: RelayProcess): Promise<Status> =>
  (await (await fetch(`${relay.url}${PATHS.status}`)).json()) as Status;
const textBody = (text: string): Uint8Array => new TextEncoder().encode(text);

test("[MN1] says where it is and where its data lies, in lines of their own", async () => {
  await using relay = await startRelay();
  const lines = relay.output().split("\n");
  expect(lines).toContain(relay.url);
  expect(lines).toContain(`Data lies in ${relay.dataPath}`);
  expect((await fetch(`${relay.url}${PATHS.health}`)).status).toBe(200);
  for (const file of readdirSync(relay.dataPath)) {
    expect([file, statSync(join(relay.dataPath, file)).mode & 0o077]).toEqual([file, 0]);
  }
});

test("[MN2] carries a message, forgets it, and stops at once when asked", async () => {
  await using relay = await startRelay();
  const alice = await LivePerson.register(relay.url, new Uint8Array(32).fill(1));
  const token = idOf("Token", new Uint8Array(16).fill(1));
  await alice.grant([token]);
  const guest = await LiveSocket.open(relay.url);
  guest.send(livePut(1, [{ mailbox: alice.mailbox, token }], textBody("hello")));
  expect((await guest.next("ok")).statuses).toEqual([{ status: "stored" }]);
  expect(await statusOf(relay)).toMatchObject({ mailboxes: 1, messages: 1, bytes: 5 });
  const owner = await alice.online();
  const message = await owner.next("msg");
  expect(new TextDecoder().decode(message.body)).toBe("hello");
  owner.send({ type: "ack", mailboxIndex: 0, ids: [message.id] });
  owner.send({ type: "ping", timeMs: 1, isHidden: false });
  await owner.next("pong");
  expect(await statusOf(relay)).toMatchObject({ messages: 0, bytes: 0, oldestSeconds: 0 });
  const said = owner.next("goaway");
  const closed = owner.closed();
  const before = Date.now();
  expect(await relay.stop()).toBe(0);
  expect(Date.now() - before).toBeLessThan(3_000);
  expect([(await said).reason, await closed]).toEqual(["stopping", 1001]);
});

test("[MN3] finds everything again after kill -9", async () => {
  await using relay = await startRelay();
  const alice = await LivePerson.register(relay.url, new Uint8Array(32).fill(1));
  const token = idOf("Token", new Uint8Array(16).fill(1));
  await alice.grant([token]);
  const guest = await LiveSocket.open(relay.url);
  guest.send(livePut(1, [{ mailbox: alice.mailbox, token }], textBody("kept")));
  await guest.next("ok");
  await relay.kill();
  await relay.start();
  const owner = await alice.online();
  expect(new TextDecoder().decode((await owner.next("msg")).body)).toBe("kept");
});

test.each([
  [{ PORT: "nonsense" }, 2, "PORT is a whole number"],
  [{ KITH_REGISTRATION: "maybe" }, 2, "KITH_REGISTRATION is open, invite or closed."],
  [{ KITH_TYPO: "1" }, 2, "KITH_TYPO is no setting"],
  [{ KITH_DATA: "/dev/null/data" }, 1, "cannot be used"],
])("[MN4] stops at the door with a sentence: %j", async (env, code, sentence) => {
  const ended = await run(env);
  expect([ended.code, ended.out]).toEqual([code, ""]);
  expect(ended.err).toContain(sentence);
  expect(ended.err).not.toMatch(/\n\s+at /u);
});

test("[MN5] refuses a port and a folder that another relay has", async () => {
  await using relay = await startRelay();
  const samePort = await run({ PORT: `${relay.port}` });
  expect([samePort.code, samePort.err]).toEqual([
    1,
    `Port ${relay.port} is in use by another program. Set PORT to a free one.\n`,
  ]);
  const sameFolder = await run({ PORT: "8786", KITH_DATA: relay.dataPath });
  expect(sameFolder.code).toBe(1);
  expect(sameFolder.err).toContain("Another relay uses");
  expect((await fetch(`${relay.url}${PATHS.health}`)).status).toBe(200);
});

test("[MN6] prints its settings and does nothing else", async () => {
  const folder = join(newFolder(), "data");
  const printed = await run({ KITH_DATA: folder, PORT: "1234" }, "--print-config");
  expect(printed.code).toBe(0);
  expect(printed.out).toContain(`PORT=1234\nHOST=\nKITH_DATA=${folder}\n`);
  expect(existsSync(folder)).toBe(false);
});

test("[MN7] shows the operator's invitation at the first start only, and it admits", async () => {
  await using relay = await startRelay({
    KITH_REGISTRATION: "invite",
    KITH_PUBLIC_URL: "https://chat.example.org",
  });
  const invitation = /https:\/\/chat\.example\.org\/#relay-invite=([\w-]{22})/u;
  const [, inviteToken = ""] = invitation.exec(relay.output()) ?? [];
  await relay.stop();
  const said = relay.output().length;
  await relay.start();
  expect(relay.output().slice(said)).not.toMatch(/relay-invite/u);
  const seed = new Uint8Array(32).fill(1);
  await expect(LivePerson.register(relay.url, seed)).rejects.toThrow("403");
  const alice = await LivePerson.register(relay.url, seed, { inviteToken });
  expect(alice.mailbox).toHaveLength(16);
});

test("[MN8] writes no id, token, address or body to its log, in any spelling", async () => {
  await using relay = await startRelay();
  const canary = textBody("canary-of-the-relay-log");
  const seed = new Uint8Array(32).fill(0xc7);
  const alice = await LivePerson.register(relay.url, seed);
  const token = idOf("Token", new Uint8Array(16).fill(0xc9));
  await alice.grant([token]);
  const guest = await LiveSocket.open(relay.url);
  guest.send(livePut(1, [{ mailbox: alice.mailbox, token }], canary));
  await guest.next("ok");
  guest.webSocket.send(canary);
  await guest.closed();
  const owner = await alice.online();
  await owner.next("msg");
  await fetch(`${relay.url}/v1/invites/${Buffer.from(alice.mailbox).toString("base64url")}`);
  await relay.stop();
  const output = relay.output();
  for (const secret of [canary, alice.mailbox, token, alice.relayId]) {
    for (const spelling of ["latin1", "hex", "base64", "base64url"] as const) {
      expect(output).not.toContain(Buffer.from(secret).toString(spelling));
    }
  }
  expect(output).not.toMatch(/127\.0\.0\.1|::1|\/v1\//u);
  // The log itself is there.
  expect(output).toContain('"put.stored":1');
  expect(output).toContain('"malformed":1');
  // And the canary is found where it must be: sealed or not, a relay stores what it is given.
  const database = readFileSync(join(relay.dataPath, "relay.sqlite"));
  expect(database.includes(Buffer.from(canary))).toBe(true);
});

test("[MN9] says what is missing when people come by https and no proxy is named", async () => {
  const hint = "name it in KITH_TRUSTED_PROXY";
  const publicUrl = { KITH_PUBLIC_URL: "https://chat.example.org" };
  const told = async (env: Readonly<Record<string, string>>): Promise<boolean> => {
    await using relay = await startRelay(env);
    return relay.output().includes(hint);
  };
  expect(await told(publicUrl)).toBe(true);
  expect(await told({ ...publicUrl, KITH_TRUSTED_PROXY: "loopback" })).toBe(false);
  expect(await told({ KITH_PUBLIC_URL: "http://localhost:8787" })).toBe(false);
});
