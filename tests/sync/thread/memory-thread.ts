/** The tables that `fileEntry` needs, as maps: with the indexes that docs/protocol/messages.md gives them. */
import { encodeBody } from "../../../sync/entry/bodies.ts";
import { type EntryRef, refKey } from "../../../sync/entry/entry-ref.ts";
import type { Aggregate } from "../../../sync/thread/aggregate.ts";
import {
  fileEntry,
  type Change,
  type Reader,
  type ThreadStore,
} from "../../../sync/thread/file-entry.ts";
import { type Op, opOf, type Said, targetKeyOf } from "../../../sync/thread/said.ts";
import { compareStamps, stampOf } from "../../../sync/thread/stamp.ts";

export type MemoryThread = ThreadStore & {
  /** Stores the entry and files it, as one transaction would. */
  readonly take: (said: Said) => Promise<Change | undefined>;
  readonly aggregates: ReadonlyMap<string, Aggregate>;
  /** Keys of entries whose body is gone. */
  readonly erased: ReadonlySet<string>;
};

const place = ({ log, seq }: EntryRef): string => `${log.join(".")} ${seq}`;

export function openMemoryThread(reader: Reader): MemoryThread {
  const entries = new Map<string, Said>();
  const aggregates = new Map<string, Aggregate>();
  const erased = new Set<string>();

  const opsOf = (at: EntryRef): readonly Op[] =>
    [...entries.values()]
      .flatMap((said) => opOf(said, reader.accountChannel) ?? [])
      .filter(({ target }) => place(target) === place(at));

  const store: ThreadStore = {
    said: async (at) => entries.get(place(at)),
    opsOn: async (at, limit) =>
      opsOf(at)
        .toSorted(
          (x, y) =>
            targetKeyOf(y).rank - targetKeyOf(x).rank ||
            compareStamps(stampOf(y.place, y.ref), stampOf(x.place, x.ref)),
        )
        .slice(0, limit),
    aggregate: async (target) => aggregates.get(refKey(target.ref)),
    putAggregate: async (target, aggregate) => {
      aggregates.set(refKey(target.ref), aggregate);
    },
    erase: async (entry) => {
      const held = entries.get(place(entry));
      if (held !== undefined) entries.set(place(entry), { ...held, body: null });
      erased.add(refKey(entry));
    },
  };

  return {
    ...store,
    aggregates,
    erased,
    take: async (said) => {
      // What travels is bytes: a body that could not be signed has no place in a test.
      const { body } = said;
      if (body !== null && body.type !== "unknown") encodeBody(body.type, body as never);
      // The first of two under one number stays; an entry that is held is not filed again.
      if (entries.has(place(said.ref))) return undefined;
      entries.set(place(said.ref), said);
      return await fileEntry(store, reader, said);
    },
  };
}
