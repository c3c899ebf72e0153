/**
 * By which relay a row goes next. Its targets may be reached at many, and one that does not answer, or one device that
 * left no prekeys, keeps nobody else waiting. docs/protocol/sync.md, rule [OB15].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { cardOf, isStranger } from "../contact/contacts.ts";
import type { Knocks } from "../session/knocks.ts";
import type { OutboxRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import { idOf, type MailboxId, type RelayId, type Token } from "../wire/ids.ts";
import { PUT_TARGETS_MAX } from "../wire/limits.ts";
import type { Flow } from "./flow.ts";

/** After so many failures at a device's first relay its second is tried. */
const RELAY_TRIES = 3;

export type NumberedRow = OutboxRow & { readonly n: number };

/** One envelope on its way to one relay. */
export type Parcel = {
  readonly row: NumberedRow;
  readonly url: string;
  readonly relayId: RelayId;
  /** Of the first target's device; the others are reached at the same relay. */
  readonly account: Hex;
  readonly targets: readonly {
    readonly device: Hex;
    readonly mailbox: MailboxId;
    readonly token: Token;
  }[];
};

type Way = Omit<Parcel, "targets"> & {
  readonly targets: Parcel["targets"][number][];
  readonly accounts: Set<Hex>;
};

export type WayDeps = {
  readonly flow: Flow;
  readonly knocks: Knocks;
  readonly nowMs: number;
  /** How long that relay cannot be asked, in milliseconds; 0: it can. */
  readonly closedForMs: (parcel: Parcel) => number;
};

/** The way to go now, or in how many milliseconds, at most `orElseMs`, there may be one. */
export async function wayFor(
  tx: ReadTx,
  row: NumberedRow,
  deps: WayDeps,
  orElseMs: number,
): Promise<Parcel | number> {
  const { flow, knocks, nowMs } = deps;
  const rankOf = ({ url, targets }: Way): number => {
    const isSilent =
      flow.isSilent(url, nowMs) || targets.every((it) => flow.isSilent(it.device, nowMs));
    return isSilent ? 2 : knocks.isOpen(url) ? 0 : 1;
  };
  const all = await waysOf(tx, row);
  // One alone need not be ranked.
  const ways = all.length === 1 ? all : all.toSorted((a, b) => rankOf(a) - rankOf(b));
  let closedMs = orElseMs;
  for (const { accounts, ...way } of ways) {
    if (!(await mayAsk(tx, knocks, accounts, way.url))) continue;
    const waitMs = deps.closedForMs(way);
    if (waitMs === 0) return way;
    closedMs = Math.min(closedMs, waitMs);
  }
  return closedMs;
}

/** For each relay at which pending targets are reached the row and those targets, in their order. */
async function waysOf(tx: ReadTx, row: NumberedRow): Promise<readonly Way[]> {
  const ways = new Map<string, Way>();
  for (const { device } of row.targets.filter((it) => it.state === "pending")) {
    const found = await tx.get("devices", device);
    const relays = (found === undefined ? undefined : cardOf(found))?.relays ?? [];
    const relay = relays[Math.floor(row.attempts / RELAY_TRIES) % Math.max(1, relays.length)];
    if (found === undefined || relay === undefined) continue;
    const { account } = found;
    const { url } = relay;
    const relayId = idOf("RelayId", relay.relayId);
    const way = ways.get(url) ?? { row, url, relayId, account, targets: [], accounts: new Set() };
    ways.set(url, way);
    // The rest of them go with the next PUT.
    if (way.targets.length >= PUT_TARGETS_MAX) continue;
    way.accounts.add(account);
    way.targets.push({
      device,
      mailbox: idOf("MailboxId", relay.mailbox),
      token: idOf("Token", relay.token),
    });
  }
  return [...ways.values()];
}

/** Rule [SE30]. */
async function mayAsk(
  tx: ReadTx,
  knocks: Knocks,
  accounts: ReadonlySet<Hex>,
  url: string,
): Promise<boolean> {
  if (knocks.isOpen(url)) return true;
  for (const account of accounts) if (!(await isStranger(tx, account))) return true;
  return knocks.mayKnock(url);
}
