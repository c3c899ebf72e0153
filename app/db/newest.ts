/** The newest line of each group: who wrote it, or what happened. [ANE1] As its preview says. */
import type { ChannelRow, ContactRow } from "../../sync/store/rows.ts";
import { type Line, readLines } from "./lines.ts";
import { type People, peopleOf } from "./people.ts";
import { type Db, entriesOf, logsOf } from "./tables.ts";

export type Newest = {
  /** Account (hex). */
  readonly author: string;
  /** Null: a message, whose words are in the preview. */
  readonly line: Line | null;
  /** Everybody who is known: whoever takes part in it, and whoever may be writing. */
  readonly people: People;
};

/** By channel number. */
export type NewestByNumber = ReadonlyMap<number, Newest>;

export const NO_NEWEST: NewestByNumber = new Map();

export async function readNewest(
  db: Db,
  groups: readonly ChannelRow[],
  contacts: readonly ContactRow[],
): Promise<NewestByNumber> {
  const told = groups.flatMap(({ c, preview }) =>
    c === undefined || preview?.at === undefined ? [] : [{ c, preview, at: preview.at }],
  );
  if (told.length === 0) return NO_NEWEST;
  const wordless = told.filter(
    ({ preview }) => preview.text === "" && preview.instead === undefined,
  );
  const [logs, rows] = await Promise.all([
    logsOf(db).bulkGet(told.map(({ at: [a] }) => a)),
    entriesOf(db).bulkGet(wordless.map(({ c, at: [a, s] }) => [c, a, s])),
  ]);
  const lines = await readLines(
    db,
    rows.filter((it) => it !== undefined),
  );
  const people = peopleOf(contacts);
  const lineByNumber = new Map(rows.map((row) => [row?.c, lines.get(row?.id ?? "")]));
  return new Map(
    told.map(({ c }, i) => {
      const line = lineByNumber.get(c) ?? null;
      const author = logs[i]?.account ?? "";
      return [c, { author, line, people }];
    }),
  );
}
