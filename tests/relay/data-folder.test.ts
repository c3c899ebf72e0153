import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import { openDataFolder, openOperatorInvite } from "../../relay/data-folder.ts";
import { nodeRandom } from "../../relay/node-runtime.ts";

beforeAll(() => ready);

const made: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "kith-data-"));
  made.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const opened = (path: string) => {
  const folder = openDataFolder(path, nodeRandom);
  if (!folder.ok) throw new Error(folder.error.type);
  return folder.value;
};
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("[DF1] makes a folder that nobody else may read, and the relay's key in it", () => {
  const path = join(newFolder(), "deep", "data");
  const folder = opened(path);
  expect([modeOf(path), modeOf(join(path, "relay.key"))]).toEqual([0o700, 0o600]);
  expect(folder.relayId).toHaveLength(32);
  expect(opened(path).relayId).toEqual(folder.relayId);
  expect(opened(join(newFolder(), "data")).relayId).not.toEqual(folder.relayId);
});

test("[DF2] shows the operator's invitation once, and keeps its hash alone", () => {
  const folder = opened(newFolder());
  const first = openOperatorInvite(folder, nodeRandom);
  const again = openOperatorInvite(folder, nodeRandom);
  if (!first.ok || !again.ok || first.value.token === null) throw new Error("no invitation");
  expect(first.value.hash).toEqual(tokenHashOf(first.value.token));
  expect(again.value).toEqual({ hash: first.value.hash, token: null });
  const kept = readFileSync(join(folder.path, "operator-invite.hash"));
  expect(kept.includes(Buffer.from(first.value.token))).toBe(false);
  expect(kept.includes(Buffer.from(first.value.token).toString("hex"))).toBe(false);
});

test("[DF3] refuses a damaged key, and never replaces it", () => {
  const path = newFolder();
  writeFileSync(join(path, "relay.key"), "short");
  expect(openDataFolder(path, nodeRandom)).toMatchObject({ error: { type: "KeyMalformed" } });
  expect(readFileSync(join(path, "relay.key"), "utf8")).toBe("short");
});

test("[DF4] says so when a file is where the folder should be", () => {
  const file = join(newFolder(), "file");
  writeFileSync(file, "");
  expect(openDataFolder(file, nodeRandom)).toMatchObject({ error: { type: "FolderUnusable" } });
  expect(existsSync(file)).toBe(true);
});
