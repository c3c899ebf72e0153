/**
 * The device's database as the screens read it. They never write: whatever changes goes through the
 * engine, and Dexie's live queries notice.
 */
import type { Dexie, Table } from "dexie";

import type { RosterOpRow, RosterRow } from "../../sync/group/rows.ts";
import type { ForkRow, HealedRow } from "../../sync/heal/rows.ts";
import type { MediaRow } from "../../sync/media/rows.ts";
import type { ChatMarksRow } from "../../sync/rooms/rows.ts";
import type {
  ChannelRow,
  ContactRow,
  CursorRow,
  DeviceRow,
  EntryRow,
  LogRow,
  MetaRow,
  OutboxRow,
} from "../../sync/store/rows.ts";
import type { AggregateRow, ExpiryRow } from "../../sync/thread/rows.ts";

/** Any Dexie over the tables of sync/store/rows.ts that gives rows in the clear. */
export type Db = Dexie;

export const DB_NAME = "kith";

export const entriesOf = (db: Db): Table<EntryRow, [number, number, number]> => db.table("entries");
export const channelsOf = (db: Db): Table<ChannelRow, number> => db.table("channels");
export const contactsOf = (db: Db): Table<ContactRow, string> => db.table("contacts");
export const aggregatesOf = (db: Db): Table<AggregateRow, [number, number, number]> =>
  db.table("aggregates");
export const chatMarksOf = (db: Db): Table<ChatMarksRow, string> => db.table("chatMarks");
export const logsOf = (db: Db): Table<LogRow, number> => db.table("logs");
export const cursorsOf = (db: Db): Table<CursorRow, [number, string]> => db.table("cursors");
export const forksOf = (db: Db): Table<ForkRow, number> => db.table("forks");
export const healedOf = (db: Db): Table<HealedRow, [number, string]> => db.table("healed");
export const devicesOf = (db: Db): Table<DeviceRow, string> => db.table("devices");
export const outboxOf = (db: Db): Table<OutboxRow, number> => db.table("outbox");
export const rostersOf = (db: Db): Table<RosterRow, number> => db.table("rosters");
export const rosterOpsOf = (db: Db): Table<RosterOpRow, [number, number, number]> =>
  db.table("rosterOps");
export const mediaOf = (db: Db): Table<MediaRow, [number, number, number]> => db.table("media");
export const expiryOf = (db: Db): Table<ExpiryRow, number> => db.table("expiry");
export const metaOf = (db: Db): Table<MetaRow, string> => db.table("meta");
