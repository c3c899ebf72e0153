/**
 * Where the devices of others went when a relay came back as another one: it lost its key with its
 * store, so every mailbox there is a new one, and whoever is reached nowhere else could not tell. Each
 * leaves a record at the new relay, under an address that those can work out who know its device and
 * that relay; it is sealed and signed, and read as an invite is. docs/protocol/sync.md, rules [MV1] to
 * [MV4].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { invitePskOf, inviteTagOf, openInviteRecord } from "../../crypto/invite/record.ts";
import { bytesOf } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import { hurryFor } from "../outbox/resend.ts";
import type { Link } from "../session/link.ts";
import { isProblem, type RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow, Move } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import { idOf, type RelayId } from "../wire/ids.ts";
import { cardOf } from "./contacts.ts";

/** Devices looked for at a time; the others have their turn the next time. */
export const SEEK_DEVICES_MAX = 32;
/** While somebody is not found the relay is looked at again after so long, doubling up to an hour. */
export const SEEK_FIRST_MS = 60_000;
export const SEEK_MAX_MS = 3_600_000;
/** Relays that are looked at again. */
const SEEKING_MAX = 64;

/** 32 bytes, from which address and key of the record follow. `sigKey`: of the device that went there. */
export const moveSecretOf = (sigKey: Uint8Array, relayId: Uint8Array): Uint8Array =>
  invitePskOf(sigKey, relayId);

export type SeekerDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly httpOf: (url: string) => RelayHttp;
  /** Somebody was found: what waits for them is due. */
  readonly found: () => void;
  readonly failed: (error: unknown) => void;
};

export type Seeker = {
  /** Another relay than the one that `link` expected answers at its address. */
  readonly refused: (link: Link, relayId: RelayId) => void;
  readonly close: () => void;
};

type Seeking = { readonly rounds: number; readonly cancel: (() => void) | null };

export function openSeeker(deps: SeekerDeps): Seeker {
  /** By address; `cancel` null: it is being looked at, or nobody is missing. */
  const seekingByUrl = new Map<string, Seeking>();
  let isClosed = false;

  const note = (url: string, seeking: Seeking): void => {
    seekingByUrl.delete(url);
    seekingByUrl.set(url, seeking);
    for (const [oldest, { cancel }] of seekingByUrl) {
      if (seekingByUrl.size <= SEEKING_MAX) break;
      cancel?.();
      seekingByUrl.delete(oldest);
    }
  };
  const seek = async (link: Link, relayId: RelayId, rounds: number): Promise<void> => {
    const isMissing = await seekAt(deps, link.url, relayId, rounds);
    if (isClosed) return;
    if (!isMissing) {
      seekingByUrl.delete(link.url);
      return;
    }
    const pauseMs = Math.min(SEEK_MAX_MS, SEEK_FIRST_MS * 2 ** Math.min(rounds, 20));
    const cancel = deps.timers.after(pauseMs, () => {
      note(link.url, { rounds: rounds + 1, cancel: null });
      // Perhaps the relay that was expected is back; if not, it is refused again, and looked at.
      link.wake();
    });
    note(link.url, { rounds, cancel });
  };
  return {
    refused: (link, relayId) => {
      const seeking = seekingByUrl.get(link.url);
      if (isClosed || (seeking !== undefined && seeking.cancel !== null)) return;
      const rounds = seeking?.rounds ?? 0;
      // Until it was looked at, what else is refused there changes nothing.
      note(link.url, { rounds, cancel: () => undefined });
      seek(link, relayId, rounds).catch((error: unknown) => {
        seekingByUrl.delete(link.url);
        deps.failed(error);
      });
    },
    close: () => {
      isClosed = true;
      for (const { cancel } of seekingByUrl.values()) cancel?.();
      seekingByUrl.clear();
    },
  };
}

/** True when somebody who was reached at this address is still to be found there. */
async function seekAt(
  deps: SeekerDeps,
  url: string,
  relayId: RelayId,
  rounds: number,
): Promise<boolean> {
  const all = await deps.store.read(["devices"], (tx) => tx.range("devices", "primary", {}));
  const lost = all.filter((row) => isLostAt(row, url, relayId));
  const from = (rounds * SEEK_DEVICES_MAX) % Math.max(1, lost.length);
  const turn = [...lost.slice(from), ...lost.slice(0, from)].slice(0, SEEK_DEVICES_MAX);
  let found = 0;
  for (const row of turn) {
    const move = await lookUp(deps.httpOf(url), row, url, relayId);
    // Nobody there, or too many questions: the rest would fare no better.
    if (move === "away") break;
    if (move === "nothing") continue;
    await deps.lane.run(() =>
      deps.store.write(["devices", "outbox"], (tx) => keepMove(tx, row.device, move)),
    );
    found += 1;
  }
  if (found > 0) deps.found();
  return found < lost.length;
}

const isLostAt = (row: DeviceRow, url: string, relayId: RelayId): boolean =>
  cardOf(row)?.relays.some((it) => it.url === url && !equalBytes(it.relayId, relayId)) ?? false;

async function lookUp(
  http: RelayHttp,
  row: DeviceRow,
  url: string,
  relayId: RelayId,
): Promise<Move | "nothing" | "away"> {
  const secret = moveSecretOf(row.sigKey, relayId);
  const fetched = await http.fetchInvite(idOf("InviteTag", inviteTagOf(secret)));
  if (!fetched.ok) {
    return isProblem(fetched.error, "NotFound") ? "nothing" : "away";
  }
  const record = openInviteRecord(secret, bytesOf(row.account), fetched.value.record);
  const devices = record.ok ? record.value.introduction.devices : [];
  const theirs = devices.find(({ certificate }) => toHex(certificate.device) === row.device);
  const relay = theirs?.card.relays.find((it) => it.url === url && equalBytes(it.relayId, relayId));
  return relay === undefined ? "nothing" : { url, relayId, mailbox: relay.mailbox };
}

/** Their token is the one that we hold: it was told to the new relay as well. */
async function keepMove(tx: WriteTx, id: Hex, move: Move): Promise<void> {
  const row = await tx.get("devices", id);
  if (row === undefined) return;
  const others = (row.moves ?? []).filter((it) => it.url !== move.url);
  await tx.put("devices", { ...row, moves: [...others, move] });
  await hurryFor(tx, id);
}
