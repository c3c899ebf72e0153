/**
 * The SQLite store against the one in memory, step by step, over random histories: with everything hot,
 * with nothing hot, and with commits that fail in between. What differs is told with the whole history.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import fc from "fast-check";
import { expect, test } from "vitest";

import { openDiskRoom } from "../../relay/store/disk-room.ts";
import { keepStore } from "../../relay/store/keep-store.ts";
import { openMemoryStore } from "../../relay/store/memory-store.ts";
import { SqliteBacking } from "../../relay/store/sqlite-backing.ts";
import { prepareSchema } from "../../relay/store/sqlite-schema.ts";
import type { Store, StoreOp } from "../../relay/store/store.ts";
import { idOf } from "../../sync/wire/ids.ts";
import {
  bytes,
  CONTRACT_BOUNDS,
  grantOp,
  mailboxId,
  putOp,
  START_MS,
  tokenHash,
} from "./relay-store-keeper.ts";

const incarnation = idOf("StoreIncarnation", new Uint8Array(8));
const names = ["a", "b", "c"] as const;
const HOUR_MS = 3_600_000;

/** `ack` names messages by their place in the mailbox: ids may differ after a failure. */
type Step =
  | {
      readonly type: "put";
      readonly envelope: string;
      readonly to: readonly string[];
      readonly more: object;
    }
  | {
      readonly type: "ack";
      readonly mailbox: string;
      readonly first: number;
      readonly count: number;
    }
  | { readonly type: "pass"; readonly ms: number }
  | { readonly type: "tend" }
  | { readonly type: "op"; readonly op: StoreOp }
  | { readonly type: "fail"; readonly step: Step };

const mailbox = fc.constantFrom(...names);
const letter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz".split(""));
const put = fc.record({
  type: fc.constant("put" as const),
  envelope: letter,
  to: fc.array(fc.constantFrom("a", "b", "c", "a/b", "b/x", "z"), { minLength: 1, maxLength: 4 }),
  more: fc.oneof(
    fc.constant({}),
    fc.constant({ slot: idOf("SlotId", bytes(8, "s")) }),
    fc.constant({ ttlMs: 5_000 }),
    fc.constant({ isEphemeral: true }),
  ),
});
const ack = fc.record({
  type: fc.constant("ack" as const),
  mailbox,
  first: fc.nat(4),
  count: fc.integer({ min: 1, max: 6 }),
});
const pass = fc.record({
  type: fc.constant("pass" as const),
  ms: fc.constantFrom(1, 300, 2_500, HOUR_MS),
});
const tend = fc.constant({ type: "tend" as const });
const op = fc.oneof(
  mailbox.map((it): StoreOp => ({ type: "deleteMailbox", mailbox: mailboxId(it) })),
  mailbox.map((it): StoreOp => createOp(it)),
  mailbox.map((it): StoreOp => grantOp(it, it)),
  mailbox.map((it): StoreOp => grantOp(it, "x", { class: "invite" })),
  mailbox.map((it): StoreOp => ({
    type: "putPush",
    mailbox: mailboxId(it),
    subscription: bytes(5, it),
  })),
  mailbox.map((it): StoreOp => ({ type: "deletePush", mailbox: mailboxId(it), only: null })),
  mailbox.map((it): StoreOp => ({
    type: "deleteTokens",
    mailbox: mailboxId(it),
    hashes: [tokenHash(it)],
  })),
);
const blob = fc.constantFrom("p", "q").map((it) => idOf("BlobId", bytes(32, it)));
const ticketHash = fc.constantFrom("1", "2").map(tokenHash);
const deleteHash = fc.constantFrom("d", "e").map((it) => idOf("BlobDeleteHash", bytes(32, it)));
const blobOp = fc.oneof(
  fc.record({
    type: fc.constant("reserveBlob" as const),
    mailbox: mailbox.map(mailboxId),
    blob,
    bytes: fc.constantFrom(10, 6_000),
    deleteHash,
    ticketHash,
    ttlMs: fc.constantFrom(1_000, HOUR_MS),
  }),
  fc.record({ type: fc.constant("finishBlob" as const), blob, ticketHash }),
  fc.record({ type: fc.constant("releaseBlob" as const), blob, deleteHash }),
  fc.record({ type: fc.constant("removeBlobs" as const), blobs: fc.tuple(blob) }),
);
const plain: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: put },
  { weight: 4, arbitrary: ack },
  { weight: 2, arbitrary: pass },
  { weight: 4, arbitrary: tend },
  { weight: 1, arbitrary: op.map((it) => ({ type: "op" as const, op: it })) },
  { weight: 1, arbitrary: blobOp.map((it) => ({ type: "op" as const, op: it })) },
);
const failing: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: plain },
  { weight: 1, arbitrary: plain.map((step) => ({ type: "fail" as const, step })) },
);

const createOp = (name: string): StoreOp => ({
  type: "createMailbox",
  mailbox: mailboxId(name),
  key: idOf("MailboxKey", bytes(32, name)),
  voucherHash: null,
});

type Disk = { isFailing: boolean };

/** Rows in SQLite, in a file, with commits that fail when the test says so. */
class FailingBacking extends SqliteBacking {
  readonly #disk: Disk;

  constructor(db: DatabaseSync, folder: string, disk: Disk) {
    const room = {
      ballastPath: join(folder, "ballast"),
      freeBytes: () => 2 ** 40,
      freeBytesMin: 1,
    };
    super(db, openDiskRoom({ ...room, freeBytes: () => 1 }));
    this.#disk = disk;
  }

  override commit(): void {
    if (this.#disk.isFailing) throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
    super.commit();
  }
}

async function run(store: Store, steps: readonly Step[], disk: Disk | null): Promise<unknown[]> {
  let nowMs = START_MS;
  const seen: unknown[] = [];
  const pageOf = async (name: string) => {
    const bounds = { afterId: 0, messages: 100, pageBytes: 1e6 };
    const page = await store.page(mailboxId(name), bounds, nowMs);
    return page.ok ? page.value : [];
  };
  const tendUntilIdle = async (): Promise<void> => {
    for (let slices = 0; slices < 100; slices += 1) {
      const tended = await store.tend(nowMs);
      if (!tended.ok || tended.value.againAtMs > nowMs) return;
    }
  };
  const act = async (step: Step): Promise<void> => {
    switch (step.type) {
      case "put": {
        const done = await store.commit([putOp(step.envelope, step.to, step.more)], nowMs);
        seen.push(done.ok ? withoutIds(done.value) : "failed");
        return;
      }
      case "ack": {
        const page = (await pageOf(step.mailbox)).slice(step.first, step.first + step.count);
        const ids = page.map((it) => it.id);
        if (ids.length === 0) return;
        await store.commit([{ type: "ack", mailbox: mailboxId(step.mailbox), ids }], nowMs);
        return;
      }
      case "pass":
        nowMs += step.ms;
        return;
      case "tend":
        await tendUntilIdle();
        return;
      case "op": {
        const done = await store.commit([step.op], nowMs);
        seen.push(done.ok ? done.value : "failed");
        return;
      }
      case "fail":
        // The model leaves out what fails: a failed commit changes nothing. An ACK writes nothing,
        // so it cannot fail, and time passes on any disk.
        if (step.step.type === "ack" || step.step.type === "pass") return act(step.step);
        if (disk === null) return;
        disk.isFailing = true;
        await act(step.step);
        disk.isFailing = false;
        if (step.step.type !== "tend") seen.pop();
    }
  };
  for (const name of names) await store.commit([createOp(name), grantOp(name, name)], nowMs);
  for (const step of steps) {
    await act(step);
    for (const name of names) {
      const page = await pageOf(name);
      seen.push(page.map(({ counter, envelope, body, label }) => [counter, envelope, body, label]));
    }
    seen.push(await store.subscribed(10));
    seen.push({ ...store.totals(), oldestAtMs: null });
  }
  return seen;
}

const withoutIds = (answers: readonly unknown[]): unknown =>
  JSON.parse(JSON.stringify(answers, (key, value: unknown) => (key === "id" ? undefined : value)));

async function agree(steps: readonly Step[], hotPlacesMax: number, fails: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kith-agree-"));
  try {
    const bounds = { ...CONTRACT_BOUNDS, hotPlacesMax, hotShelvesMax: hotPlacesMax };
    const disk = { isFailing: false };
    const db = new DatabaseSync(join(folder, "relay.sqlite"));
    prepareSchema(db, () => incarnation);
    db.exec("PRAGMA synchronous = OFF");
    await using sqlite = keepStore(new FailingBacking(db, folder, disk), bounds);
    const bounded = { ...CONTRACT_BOUNDS, hotPlacesMax: 1_000, hotShelvesMax: 1_000 };
    await using memory = openMemoryStore({ incarnation, bounds: bounded });
    const [found, expected] = [
      await run(sqlite, steps, fails ? disk : null),
      await run(memory, steps, null),
    ];
    expect(found).toEqual(expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const RUNS = { numRuns: 120 };
const history = { minLength: 5, maxLength: 60 };

test(
  "[RS9] SQLite answers any history as memory does, hot or cold",
  { timeout: 60_000 },
  async () => {
    const histories = fc.array(plain, history);
    await fc.assert(
      fc.asyncProperty(histories, fc.constantFrom(0, 2, 1_000), (steps, hot) =>
        agree(steps, hot, false),
      ),
      RUNS,
    );
  },
);

test("[RS2] SQLite answers as if a failed commit had never been", { timeout: 60_000 }, async () => {
  const histories = fc.array(failing, history);
  await fc.assert(
    fc.asyncProperty(histories, fc.constantFrom(0, 2, 1_000), (steps, hot) =>
      agree(steps, hot, true),
    ),
    RUNS,
  );
});
