/**
 * What a person settled for all their devices alike: the map "settings" of the room of that name, as
 * whoever has no Yjs reads it. The host writes it down with the document. docs/protocol/rooms.md, [YR18].
 */
import type { ReadTx } from "../store/store.ts";

export type Settings = {
  /** May contacts see when we are here, and we when they are? */
  readonly presenceShown: boolean;
  /** Are those who write told what was read, and we what they have read? */
  readonly receiptsSent: boolean;
};

export const DEFAULT_SETTINGS: Settings = { presenceShown: true, receiptsSent: true };

/** Name of the meta row, of the room, and of the map in it. */
export const SETTINGS = "settings";

/** Takes anything: what is not understood becomes its default. */
export function parseSettings(value: unknown): Settings {
  if (typeof value !== "object" || value === null) return DEFAULT_SETTINGS;
  const { presenceShown, receiptsSent } = value as Readonly<Record<string, unknown>>;
  return {
    presenceShown: presenceShown !== false,
    receiptsSent: receiptsSent !== false,
  };
}

/** Not while another device's word on it may wait to be taken in. */
export async function tellsWhatWasRead(tx: ReadTx): Promise<boolean> {
  const range = { lower: [SETTINGS], upper: [SETTINGS], limit: 1 };
  const waiting = await tx.range("yups", "room", range);
  return waiting.length === 0 && (await readSettings(tx)).receiptsSent;
}

export const readSettings = async (tx: ReadTx): Promise<Settings> =>
  parseSettings((await tx.get("meta", SETTINGS))?.v);
