/**
 * Who holds what of our history, by what devices told us they hold (receipts).
 *
 * [AHI1] Our other devices, each with how many entries of ours it lacks, as far as it has told. [AHI2] Of each
 * chat its people, each by that device of theirs which holds most. [AHI3] This device is the only copy
 * when no other device of ours holds any of it; else how much it alone holds is said. [AHI4] How much of what comes from them is here,
 * of what there is: true also after the app was closed on the way.
 */
import { countKnown, type Known, KNOWN_NOTHING, rangesIn } from "../../sync/log/known.ts";
import type { ChannelRow, CursorRow, LogRow } from "../../sync/store/rows.ts";
import { type OwnDevice, readOwnDevices } from "./devices.ts";
import { cleanName } from "./people.ts";
import { channelsOf, contactsOf, cursorsOf, type Db, logsOf, metaOf, rostersOf } from "./tables.ts";

/** What somebody holds of a number of entries. */
export type Share = { readonly held: number; readonly all: number };

export type DeviceCopy = OwnDevice & Share;

export type ChatCopy = {
  readonly c: number;
  readonly kind: "self" | "dm" | "group";
  /** "" for "Note to self". */
  readonly name: string;
  /** Entries that this device holds. */
  readonly all: number;
  /** The most complete first. */
  readonly people: readonly (Share & { readonly account: string; readonly name: string })[];
};

export type Copies = {
  readonly all: number;
  readonly devices: readonly DeviceCopy[];
  /** Entries that the most complete of our other devices lacks: `all` where there is none. */
  readonly onlyHere: number;
  readonly chats: readonly ChatCopy[];
  /** When a backup file was last written, by this device; 0 = never. */
  readonly backedUpAtMs: number;
};

/** Null before the person has started. */
export async function readCopies(db: Db): Promise<Copies | null> {
  const own = await readOwnDevices(db);
  if (own === null) return null;
  const [channels, logs, cursors, contacts, rosters, backup] = await Promise.all([
    channelsOf(db).toArray(),
    logsOf(db).toArray(),
    cursorsOf(db).toArray(),
    contactsOf(db).toArray(),
    rostersOf(db).toArray(),
    metaOf(db).get("backedUpAtMs"),
  ]);
  const logsByC = Map.groupBy(logs, ({ c }) => c);
  const cursorsByC = Map.groupBy(cursors, ({ c }) => c);
  const all = logs.reduce((sum, log) => sum + countKnown(log.known), 0);
  const devices = own.devices.map((device): DeviceCopy => {
    if (device.isThis) return { ...device, held: all, all };
    const theirs = cursors.filter((it) => it.device === device.device);
    const held = theirs.reduce((sum, it) => sum + heldOf(it, logsByC.get(it.c) ?? []), 0);
    return { ...device, held, all };
  });
  const nameOf = new Map(contacts.map(({ account, name }) => [account, cleanName(name)]));
  const titleOf = new Map(rosters.map(({ c, title }) => [c, cleanName(title)]));
  const shown = channels.filter(isShown).toSorted((a, b) => b.lastH - a.lastH);
  return {
    all,
    devices,
    onlyHere: Math.min(all, ...devices.map((it) => (it.isThis ? all : it.all - it.held))),
    chats: shown.map((channel): ChatCopy => {
      const { c, kind, account } = channel;
      const here = logsByC.get(c) ?? [];
      const count = here.reduce((sum, log) => sum + countKnown(log.known), 0);
      const people = new Map<string, number>();
      for (const cursor of cursorsByC.get(c) ?? []) {
        if (cursor.account === own.account) continue;
        const held = heldOf(cursor, here);
        people.set(cursor.account, Math.max(held, people.get(cursor.account) ?? 0));
      }
      return {
        c,
        kind,
        name: kind === "dm" ? (nameOf.get(account) ?? "?") : (titleOf.get(c) ?? ""),
        all: count,
        people: [...people]
          .map(([id, held]) => ({ account: id, name: nameOf.get(id) ?? "?", held, all: count }))
          .toSorted((a, b) => b.held - a.held || a.name.localeCompare(b.name)),
      };
    }),
    backedUpAtMs: typeof backup?.v === "number" ? backup.v : 0,
  };
}

type ShownChannel = ChannelRow & {
  readonly c: number;
  readonly kind: ChatCopy["kind"];
};

const isShown = (channel: ChannelRow): channel is ShownChannel =>
  channel.c !== undefined && channel.kind !== "account";

/**
 * Of the entries that we hold in these logs, how many the cursor says that its device holds. Of what it
 * wrote itself it says nothing: that it has.
 */
const heldOf = ({ delivered, device }: CursorRow, logs: readonly LogRow[]): number =>
  logs.reduce((sum, { log, known, device: author }) => {
    if (author === device) return sum + countKnown(known);
    const theirs = delivered.find((it) => it.log === log)?.known ?? KNOWN_NOTHING;
    return sum + countBoth(known, theirs);
  }, 0);

function countBoth(a: Known, b: Known): number {
  let count = 0;
  for (const [from, to] of rangesIn(a)) {
    for (const [first, last] of rangesIn(b)) {
      count += Math.max(0, Math.min(to, last) - Math.max(from, first) + 1);
    }
  }
  return count;
}

/** How far the history of this device is that comes from our other devices; null: nothing is on its way. */
export async function readArriving(db: Db): Promise<Share | null> {
  const [channels, row] = await Promise.all([channelsOf(db).toArray(), metaOf(db).get("presync")]);
  if (!channels.some(({ history }) => history === "wanted")) return null;
  const told = Object.entries((row?.v ?? {}) as Readonly<Record<string, number>>);
  if (told.length === 0) return null;
  const byId = new Map(channels.map(({ id, c }) => [id, c]));
  const logsByC = Map.groupBy(await logsOf(db).toArray(), ({ c }) => c);
  let [held, all] = [0, 0];
  for (const [id, entries] of told) {
    const here = logsByC.get(byId.get(id) ?? -1) ?? [];
    all += entries;
    held += Math.min(
      entries,
      here.reduce((sum, { known }) => sum + countKnown(known), 0),
    );
  }
  return held < all ? { held, all } : null;
}
