/** The simulator itself: what a seed decides, what its parts promise, what it has found before. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { beforeAll, expect, test } from "vitest";

import { utf8 } from "../../crypto/base/bytes.ts";
import { ready } from "../../crypto/base/sodium.ts";
import type { StoreOp } from "../../relay/store/store.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { Chance } from "./chance.ts";
import { Disk } from "./disk.ts";
import { runTasks, type Task } from "./fleet.ts";
import { Kernel } from "./kernel.ts";
import { planOf } from "./make-plan.ts";
import { Needles } from "./needles.ts";
import { type Plan, PROFILES } from "./plan.ts";
import { REGRESSIONS } from "./regressions.ts";
import { shrunk } from "./shrink.ts";
import { neverHappened } from "./situations.ts";
import type { Told } from "./worker.ts";

const TEST_MS_MAX = 300_000;
const MAIN = join(import.meta.dirname, "main.ts");

beforeAll(() => ready);

/** In threads, where the sources are loaded as Node loads them: a call loads them all, and makes its templates. */
const run = (tasks: readonly Task[]): Promise<readonly Told[]> =>
  runTasks({ tasks, mutant: null, explain: false, broke: (what) => expect.fail(what) });

const main = (
  ...args: readonly string[]
): { readonly status: number | null; readonly lines: readonly string[] } => {
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
  return { status, lines: stdout.trimEnd().split("\n") };
};

test(
  "[SM1] a hundred seeds, run twice, make the same happen",
  async () => {
    // Short stories, but for one in ten.
    const seeds = Array.from({ length: 13 }, (_, i) => 2 ** 36 + 7_000 + i);
    const tasks = PROFILES.flatMap((profile) => seeds.map((seed) => ({ seed, profile })));
    const hashes = async (): Promise<readonly (readonly number[])[]> =>
      (await run(tasks)).map(({ seed, hash, events }) => [seed, hash, events]);
    const [once, again] = [await hashes(), await hashes()];
    expect(once).toHaveLength(tasks.length);
    expect(again).toEqual(once);
    expect(new Set(once.map(([, hash]) => hash)).size).toBe(tasks.length);
  },
  TEST_MS_MAX,
);

test(
  "[SM2] what it once found stays mended",
  async () => {
    const told = await run(REGRESSIONS);
    expect(told).toHaveLength(REGRESSIONS.length);
    expect(
      told.flatMap(({ seed, profile, failure }) =>
        failure === null ? [] : [{ seed, profile, failure }],
      ),
    ).toEqual([]);
  },
  TEST_MS_MAX,
);

test("[SM3] the tap finds a planted secret in every form and at every place, and nothing else", () => {
  const chance = new Chance(1);
  const needles = new Needles();
  for (let i = 0; i < 500; i += 1) {
    const secret = chance.bytes(32);
    expect(needles.findIn(secret)).toBeUndefined();
    needles.addSecret("a secret", secret);
    const half = secret.subarray(i % 17, (i % 17) + 16);
    const part = i % 17 === 0 || i % 17 === 16 ? half : secret;
    for (const [form, written] of formsOf(part, chance)) {
      const hay = chance.bytes(i + written.length + chance.below(40));
      hay.set(written, i);
      const found = needles.findIn(hay);
      expect([form, found?.name]).toEqual([form, "a secret"]);
    }
  }
  expect(needles.findIn(chance.bytes(100_000))).toBeUndefined();
});

/** As others might write it: raw, in hex, in UTF-16, and in base64 with something before and behind. */
function formsOf(
  secret: Uint8Array,
  chance: Chance,
): readonly (readonly [form: string, Uint8Array])[] {
  const raw = Buffer.from(secret);
  const wide = Buffer.from(raw.toString("latin1"), "utf16le");
  const around = (before: number, behind: number): Buffer =>
    Buffer.concat([chance.bytes(before), raw, chance.bytes(behind)]);
  const texts: [string, string][] = [
    ["hex", raw.toString("hex")],
    ["HEX", raw.toString("hex").toUpperCase()],
    ["hex behind a digit", `a${raw.toString("hex")}`],
    ...[0, 1, 2, 3].flatMap((n): [string, string][] => [
      ["base64", around(n, 3 - n).toString("base64")],
      ["base64url", around(n, 0).toString("base64url")],
      ["base64 in a path", `/v${"/".repeat(n)}${raw.toString("base64url")}?`],
    ]),
  ];
  return [
    ["raw", raw],
    ["UTF-16LE", wide],
    ["UTF-16BE", Buffer.from(wide).swap16()],
    ...texts.map(([form, text]) => [form, utf8(text)] as const),
  ];
}

test("[SM3] a secret inside base64 is found wherever it begins", () => {
  const needles = new Needles();
  needles.add("the canary", utf8("a-canary-sings-here"));
  for (const before of ["", "x", "xy", "xyz"]) {
    const hay = Buffer.from(`${before}a-canary-sings-here!`).toString("base64");
    expect(needles.findIn(utf8(hay))).toMatchObject({ name: "the canary" });
  }
});

test("[SM4] a disk keeps what it answered through a crash, and of the rest a part", async () => {
  const kept = new Set<number>();
  for (let seed = 0; seed < 40; seed += 1) {
    const kernel = new Kernel();
    const disk = diskOf(kernel, seed);
    const store = await disk.open();
    const answered: string[] = [];
    for (const name of ["first", "second"]) {
      void store.commit([mailboxOp(name)], kernel.now()).then(() => answered.push(name));
      if (name === "first") await kernel.run(100);
    }
    disk.crash();
    await kernel.run(100);
    expect(answered).toEqual(["first"]);
    const { mailboxes } = (await disk.open()).totals();
    kept.add(mailboxes);
    expect(mailboxes).toBeGreaterThanOrEqual(1);
  }
  expect(kept).toEqual(new Set([1, 2]));
});

test("[SM4] a disk that fails says so, and keeps nothing of it", async () => {
  const kernel = new Kernel();
  const disk = diskOf(kernel, 1);
  const store = await disk.open();
  disk.isFailing = true;
  const failed = store.commit([mailboxOp("lost")], kernel.now());
  await kernel.run(100);
  expect(await failed).toEqual({ ok: false, error: { type: "StoreFailed", cause: "io" } });
  expect((await disk.open()).totals().mailboxes).toBe(0);
});

test("[SM5] time runs in order, equal times in the order they were asked for", async () => {
  const kernel = new Kernel();
  const said: string[] = [];
  kernel.after(20, () => said.push("late"));
  kernel.after(10, () => said.push("first"));
  kernel.after(10, () => {
    said.push("second");
    kernel.after(0, () => said.push("third"));
  });
  kernel.after(5, () => said.push("never"))();
  await kernel.run(15);
  expect(said).toEqual(["first", "second", "third"]);
  await kernel.run(5);
  expect(said.at(-1)).toBe("late");
});

test("[SM7] a failure is made small: what it does not need is left out", async () => {
  const plan = planOf(3, "C");
  const needed = [plan.steps[2], plan.steps.at(-2)];
  const has = (it: Plan): boolean => needed.every((step) => step && it.steps.includes(step));
  const small = await shrunk({ ...plan, hostility: 0.2 }, async (it) => has(it));
  expect(small.steps).toEqual(needed);
  expect(small.hostility).toBe(0);
});

test(
  "[SM8] the last line says how many seeds ran and failed, and so does the exit status",
  () => {
    const { status, lines } = main("--seeds", "3", "--base", "11", "--profile", "A");
    expect(lines.at(-1)).toBe("sim: 3 seeds, 0 failed");
    expect(status).toBe(0);
  },
  TEST_MS_MAX,
);

test(
  "[SM8] seeds from the tree on are said, and are the same again",
  () => {
    const once = main("--seeds", "1", "--base", "tree", "--profile", "A");
    expect(once.status).toBe(0);
    // Without history, as in a downloaded archive, they begin at 2^36 itself.
    const { stdout } = spawnSync("git", ["rev-parse", "HEAD^{tree}"], { encoding: "utf8" });
    const base = 2 ** 36 + (Number.parseInt(stdout.slice(0, 9), 16) || 0);
    expect(once.lines[0]).toBe(`from seed ${base} on`);
    expect(main("--seeds", "1", "--base", "tree", "--profile", "A").lines[0]).toBe(once.lines[0]);
  },
  TEST_MS_MAX,
);

test(
  "[SM8] a failure is told: seed, profile, what is left of its plan, how to run it again",
  () => {
    const mutant = "an entry travels in the clear beside its ciphertext";
    const args = ["--seeds", "2", "--profile", "A", "--mutant", mutant];
    const { status, lines } = main(...args);
    expect(lines.at(-1)).toBe("sim: 2 seeds, 2 failed");
    expect(status).toBe(1);
    const story = lines.join("\n");
    expect(story).toMatch(/FAILED seed 0, profile A, commit \S+: \[INV10\] the canary/u);
    expect(story).toMatch(/\d+ of \d+ steps/u);
    expect(story).toContain("npm run sim -- --seeds 1 --base 0 --profile A");
  },
  TEST_MS_MAX,
);

test(
  "[SM8] nonsense is refused",
  () => {
    for (const args of [
      ["--seeds", "0"],
      ["--seeds", "x"],
      ["--base", "-1"],
      ["--profile", "Z"],
    ]) {
      const { status, lines } = main(...args);
      expect([status, lines.at(-1)]).toEqual([2, "sim: 0 seeds, 0 failed"]);
    }
  },
  TEST_MS_MAX,
);

test("[SM9] a situation that never came is named", () => {
  const all = neverHappened("C", new Map());
  expect(all).toContain("the relay's disk is wiped");
  expect(neverHappened("C", new Map(all.map((it) => [it, 1])))).toEqual([]);
  expect(neverHappened("A", new Map(all.map((it) => [it, 1])))).toEqual([]);
});

const diskOf = (kernel: Kernel, seed: number): Disk =>
  new Disk({
    kernel,
    chance: new Chance(seed),
    incarnation: idOf("StoreIncarnation", new Uint8Array(8)),
    written: [],
    removed: () => undefined,
    beforeSync: () => undefined,
  });

const mailboxOp = (name: string): StoreOp => ({
  type: "createMailbox",
  mailbox: idOf("MailboxId", utf8(name.padEnd(16))),
  key: idOf("MailboxKey", utf8(name.padEnd(32))),
  voucherHash: null,
});
