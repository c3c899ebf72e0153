import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import type { Channel } from "../../../sync/channel/channels.ts";
import { type Digest, DIGEST_TABLES, digestOf } from "../../../sync/heal/digest.ts";
import type { Known } from "../../../sync/log/known.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import { channel, entry, log } from "../../app/db/rows.ts";
import { bytesOf } from "../../crypto/people.ts";

beforeAll(() => ready);

const CHANNEL: Channel = { ...channel(1), c: 1 };
const whole = (floor: number): Known => ({ floor, ranges: [] });

type Copy = {
  /** By log number. */
  readonly known: Readonly<Record<number, Known>>;
  readonly forkAt?: readonly [a: number, s: number];
  readonly starts?: Readonly<Record<string, number>>;
  /** Another entry in place of this one. */
  readonly other?: readonly [a: number, s: number];
};

async function digestIn(copy: Copy): Promise<Digest> {
  const store = openMemoryStore();
  await store.write(["logs", "entries", "forks", "rosters"], async (tx) => {
    for (const [number, known] of Object.entries(copy.known)) {
      const a = Number(number);
      await tx.put("logs", log(a, { known }));
      for (let s = 1; s <= 9; s += 1) {
        const isOther = copy.other?.[0] === a && copy.other[1] === s;
        await tx.put("entries", entry(s, { a, hash: bytesOf(32, isOther ? 99 : a * 10 + s) }));
      }
    }
    const none = new Uint8Array(0);
    if (copy.forkAt !== undefined) {
      const [a, s] = copy.forkAt;
      const says = ["", ""] as const;
      await tx.put("forks", { a, c: 1, s, first: none, second: none, says, foundAtMs: 1 });
    }
    if (copy.starts !== undefined) {
      const roster = { digest: "", members: [], isBehind: false, waits: [], metas: [] };
      const { starts } = copy;
      await tx.put("rosters", { ...roster, c: 1, title: "", topic: "", starts });
    }
  });
  return store.read(DIGEST_TABLES, (tx) => digestOf(tx, CHANNEL));
}

test("[DG1] equal copies have equal digests, in whatever order their logs were met", async () => {
  const one = await digestIn({ known: { 1: whole(3), 2: whole(5) } });
  expect(await digestIn({ known: { 2: whole(5), 1: whole(3) } })).toEqual(one);
  expect(one.count).toBe(8);
});

test("[DG1] another entry, another head and another log make another digest", async () => {
  const known = { 1: whole(3), 2: whole(5) };
  const digests = await Promise.all([
    digestIn({ known }),
    digestIn({ known, other: [2, 5] }),
    digestIn({ known: { ...known, 2: whole(4) } }),
    digestIn({ known: { 1: whole(3) } }),
  ]);
  expect(new Set(digests.map(({ digest }) => digest.join())).size).toBe(4);
});

test("[DG2] a log ends before its first hole, and before its fork", async () => {
  const holed = await digestIn({ known: { 1: { floor: 3, ranges: [[5, 9]] } } });
  expect(holed).toEqual(await digestIn({ known: { 1: whole(3) } }));
  const forked = await digestIn({ known: { 1: whole(9) }, forkAt: [1, 4] });
  expect(forked).toEqual(holed);
});

test("[DG2] what one may not read makes no difference", async () => {
  const { log: id } = log(1);
  const newcomer = { known: { 1: { floor: 1, ranges: [[6, 9]] } } as const, starts: { [id]: 6 } };
  expect(await digestIn(newcomer)).toEqual(await digestIn({ known: { 1: whole(9) } }));
});
