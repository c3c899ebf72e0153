import type { OutboxRow, Target } from "../../../sync/store/rows.ts";
import { NOW_MS } from "../acquainted.ts";

export const RELAY = "https://relay.example";

export const target = (device: string, of: Partial<Target> = {}): Target => ({
  device,
  isOwn: false,
  state: "pending",
  url: "",
  storeInc: "",
  storedAtMs: 0,
  ...of,
});

/** A parcel with one entry for device "d". */
export const parcel = (of: Partial<OutboxRow> = {}): OutboxRow => ({
  what: "entry",
  flightTo: "",
  c: 1,
  a: 1,
  s: 2,
  env: "e0",
  body: Uint8Array.of(1),
  sealedAtMs: NOW_MS,
  targets: [target("d")],
  waiting: 1,
  attempts: 0,
  nextAtMs: 0,
  isRefused: false,
  createdAtMs: NOW_MS,
  ...of,
});
