/**
 * The channels of this device: 1:1 chats and "Note to self", whose ids are computed from the accounts
 * in them, groups, whose id follows from their first op, and the logs of the devices that write there.
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, fromHex, toHex } from "../../crypto/base/hex.ts";
import { accountChannelOf, dmChannelOf, selfChannelOf } from "../../crypto/identity/channel-id.ts";
import type { Self } from "../account/self.ts";
import { logIdOf } from "../entry/entry.ts";
import { KNOWN_NOTHING } from "../log/known.ts";
import type { ChannelKind, ChannelRow, LogRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

export type Numbered<Row, K extends keyof Row> = Row & { readonly [P in K]-?: number };
export type Channel = Numbered<ChannelRow, "c">;
export type Log = Numbered<LogRow, "a">;

/** Bytes of an id of ours that is kept as hex. */
export function bytesOf(hex: Hex): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes.ok, "an id of ours is hex");
  return bytes.value;
}

/** The channel's 16-byte id. `account`: the other account, or our own for "Note to self". */
export const channelIdOf = (self: Self, account: Hex): Uint8Array =>
  account === self.account
    ? selfChannelOf(bytesOf(account))
    : dmChannelOf(bytesOf(self.account), bytesOf(account));

/** The channel with `account`, made when it is not there. */
export const openChannel = (tx: WriteTx, self: Self, account: Hex): Promise<Channel> =>
  open(tx, toHex(channelIdOf(self, account)), account === self.account ? "self" : "dm", account);

/** The channel in which our own devices tell each other what they know. */
export const openAccountChannel = (tx: WriteTx, { account }: Self): Promise<Channel> =>
  open(tx, toHex(accountChannelOf(bytesOf(account))), "account", account);

/** A group, whose id follows from the op that made it. */
export const openGroup = (tx: WriteTx, id: Hex): Promise<Channel> => open(tx, id, "group", "");

async function open(tx: WriteTx, id: Hex, kind: ChannelKind, account: Hex): Promise<Channel> {
  const found = await tx.find("channels", "id", id);
  if (found !== undefined) return numbered(found, "c");
  const row: ChannelRow = {
    id,
    kind,
    account,
    lastH: 0,
    arrivals: 0,
    unread: 0,
    preview: null,
    hlc: 0,
    receipts: 0,
    receiptsSent: 0,
  };
  return { ...row, c: Number(await tx.put("channels", row)) };
}

export async function channelOf(tx: ReadTx, c: number): Promise<Channel | undefined> {
  const row = await tx.get("channels", c);
  return row === undefined ? undefined : numbered(row, "c");
}

export async function channelById(tx: ReadTx, id: Hex): Promise<Channel | undefined> {
  const row = await tx.find("channels", "id", id);
  return row === undefined ? undefined : numbered(row, "c");
}

export type Writer = {
  readonly account: Hex;
  readonly device: Hex;
  /** Ed25519 public key of the device. */
  readonly key: Uint8Array;
  readonly incarnation: Uint8Array;
};

/** The log of `writer` in the channel, made when it is not there. Its id follows from the writer. */
export async function openLog(
  tx: WriteTx,
  self: Self,
  channel: Channel,
  writer: Writer,
): Promise<Log> {
  const log = toHex(logIdOf(writer.key, bytesOf(channel.id), writer.incarnation));
  const found = await tx.find("logs", "log", log);
  if (found !== undefined) return numbered(found, "a");
  const row: LogRow = {
    log,
    c: channel.c,
    account: writer.account,
    device: writer.device,
    own: writer.device === self.device,
    key: writer.key,
    incarnation: writer.incarnation,
    known: KNOWN_NOTHING,
    sent: KNOWN_NOTHING,
    hlc: 0,
    read: KNOWN_NOTHING,
  };
  return { ...row, a: Number(await tx.put("logs", row)) };
}

/** Our own log in the channel. */
export const openOwnLog = (tx: WriteTx, self: Self, channel: Channel): Promise<Log> =>
  openLog(tx, self, channel, {
    account: self.account,
    device: self.device,
    key: self.keys.sigKey,
    incarnation: self.incarnation,
  });

/** All logs of a channel, by number. A 1:1 chat has one a device and incarnation. */
export async function logsOf(tx: ReadTx, c: number): Promise<readonly Log[]> {
  const rows = await tx.range("logs", "channel", { lower: c, upper: c });
  return rows.map((row) => numbered(row, "a"));
}

export async function logById(tx: ReadTx, log: Hex): Promise<Log | undefined> {
  const row = await tx.find("logs", "log", log);
  return row === undefined ? undefined : numbered(row, "a");
}

/** Rows that come from the store have their generated number. */
export function numbered<Row, K extends keyof Row>(row: Row, key: K): Numbered<Row, K> {
  assert(typeof row[key] === "number", "a stored row is numbered");
  return row as Numbered<Row, K>;
}
