/**
 * Sending what the outbox holds: seals what is due, puts it to the recipients' relays, writes down
 * what became of it. A row is in flight once at a time; what a broken connection leaves unanswered is
 * simply due again, and relays recognise what they have. docs/protocol/sync.md, rules [OB1]…
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Random } from "../../crypto/base/random.ts";
import { decodePrekeyBundle, verifyPrekeyBundle } from "../../crypto/handshake/prekeys.ts";
import { decodeCertificate } from "../../crypto/identity/certificate.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, numbered } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { cardOf } from "../contact/contacts.ts";
import { sessionWith } from "../contact/sessions.ts";
import type { Lane } from "../lane.ts";
import type { Link } from "../session/link.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow, OutboxRow } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import { idOf, type MailboxId, type RelayId, type Token } from "../wire/ids.ts";
import { type Attempt, recordAttempts, type Verdict } from "./attempts.ts";
import { SEAL_TABLES, type SealContext, sealRow } from "./seal.ts";

/** Rows looked at in one round, and sealed in one transaction. */
export const ROUND_ROWS_MAX = 64;
/** Rows looked at to find those; what has no way now is put off, and the next round looks further. */
const ROUND_SCAN_MAX = 512;
/** A row without a way is looked at again after so long, or when a card comes or a link opens. */
const NO_WAY_RETRY_MS = 60_000;
/** … and not sooner than this, however soon its link dials again. */
const NO_WAY_RETRY_MS_MIN = 1_000;
/** However far away the next row's time is: the clock may be set meanwhile. */
const SLEEP_MS_MAX = 3_600_000;
/** After so many failures at a device's first relay its second is tried. */
const RELAY_TRIES = 3;

export type PumpDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  /** A connection to that relay. Null: too many are open. */
  readonly linkTo: (url: string, relayId: RelayId) => Link | null;
  readonly httpOf: (url: string) => RelayHttp;
  /** The store incarnation that the relay at `url` told last, hex; "" before. */
  readonly storeIncOf: (url: string) => string;
  /** Our relays are to hear of a token that was made for a card. */
  readonly upkeep: () => void;
  readonly failed: (error: unknown) => void;
};

export type Pump = {
  /** Something may be due. */
  readonly wake: () => void;
  readonly close: () => void;
};

type NumberedRow = OutboxRow & { readonly n: number };

/** One envelope on its way to one relay. */
type Parcel = {
  readonly row: NumberedRow;
  readonly url: string;
  readonly relayId: RelayId;
  readonly targets: readonly {
    readonly device: string;
    readonly mailbox: MailboxId;
    readonly token: Token;
  }[];
};

export const openPump = (deps: PumpDeps): Pump => new OutboxPump(deps);

class OutboxPump implements Pump {
  readonly #deps: PumpDeps;
  /** Rows that are with a relay, or whose answer is not written down yet. */
  readonly #inFlight = new Set<number>();
  /** Answers to write down. */
  readonly #attempts: Attempt[] = [];
  #running = false;
  #again = false;
  #closed = false;
  #cancelTimer = (): void => undefined;

  constructor(deps: PumpDeps) {
    this.#deps = deps;
  }

  readonly wake = (): void => {
    this.#again = true;
    if (this.#running || this.#closed) return;
    this.#running = true;
    void this.#rounds()
      .catch(this.#deps.failed)
      .finally(() => {
        this.#running = false;
        if (this.#again) this.wake();
      });
  };

  readonly close = (): void => {
    this.#closed = true;
    this.#cancelTimer();
  };

  async #rounds(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#cancelTimer();
      await this.#record();
      const found = await collect(this.#deps, this.#inFlight);
      if (found === undefined) return;
      for (const parcel of found.parcels) this.#send(parcel);
      if (found.isMore) this.#again = true;
      else await this.#sleepUntilDue();
    }
  }

  async #sleepUntilDue(): Promise<void> {
    const { store, timers } = this.#deps;
    const later = { lower: [1, timers.now()], upper: [1, Infinity], limit: 1 };
    const [next] = await store.read(["outbox"], (tx) => tx.range("outbox", "due", later));
    if (next === undefined || this.#closed) return;
    const inMs = Math.min(SLEEP_MS_MAX, Math.max(1, next.nextAtMs - timers.now()));
    this.#cancelTimer = timers.after(inMs, this.wake);
  }

  #send(parcel: Parcel): void {
    this.#inFlight.add(parcel.row.n);
    void this.#attempt(parcel).catch(this.#deps.failed);
  }

  async #attempt(parcel: Parcel): Promise<void> {
    const verdict = await put(this.#deps, parcel);
    const { n, env } = parcel.row;
    this.#attempts.push({ n, env, url: parcel.url, verdict });
    await this.#record();
    this.wake();
  }

  /**
   * Answers that came together are written down in one transaction. When the disk refuses, they stay
   * to be written, and their rows in flight: nothing is sent twice because it could not be noted.
   */
  async #record(): Promise<void> {
    if (this.#attempts.length === 0) return;
    await this.#deps.lane.run(async () => {
      const batch = [...this.#attempts];
      if (batch.length === 0) return;
      await recordAttempts(this.#deps, batch);
      this.#attempts.splice(0, batch.length);
      for (const { n } of batch) this.#inFlight.delete(n);
    });
  }
}

/** `isMore`: look again at once. */
type Found = { readonly parcels: readonly Parcel[]; readonly isMore: boolean };

/** What is due, sealed and addressed. Undefined before `start`. */
async function collect(deps: PumpDeps, inFlight: ReadonlySet<number>): Promise<Found | undefined> {
  const self = deps.self();
  if (self === undefined) return undefined;
  const due = async (tx: ReadTx): Promise<readonly NumberedRow[]> => {
    const rows = await tx.range("outbox", "due", {
      lower: [1, 0],
      upper: [1, deps.timers.now()],
      limit: ROUND_SCAN_MAX,
    });
    return rows.map((row) => numbered(row, "n")).filter((it) => !inFlight.has(it.n));
  };
  const rows = await deps.store.read(["outbox"], due);
  if (rows.length === 0) return { parcels: [], isMore: false };
  await fetchBundles(deps, rows.slice(0, ROUND_ROWS_MAX));
  const untold = { upkeep: false };
  const found = await deps.lane.run(() =>
    deps.store.write(SEAL_TABLES, async (tx) => {
      const upkeep = (): void => {
        untold.upkeep = true;
      };
      const parcels = new Map<number, Parcel>();
      const seal = { self, nowMs: deps.timers.now(), random: deps.random, effects: { upkeep } };
      for (const row of await due(tx)) {
        if (parcels.size >= ROUND_ROWS_MAX) break;
        await addParcel(tx, deps, seal, row, parcels);
      }
      // Hand-overs that sealing made are due too.
      for (const row of await due(tx)) {
        if (row.what === "control") await addParcel(tx, deps, seal, row, parcels);
      }
      const isMore = parcels.size > 0 || (await due(tx)).length > 0;
      return { parcels: [...parcels.values()].toSorted(byPrecedence), isMore };
    }),
  );
  if (untold.upkeep) deps.upkeep();
  return found;
}

/** Control messages go first, because they open what follows; otherwise as written. */
const byPrecedence = (a: Parcel, b: Parcel): number =>
  Number(a.row.what === "entry") - Number(b.row.what === "entry") || a.row.n - b.row.n;

async function addParcel(
  tx: WriteTx,
  deps: PumpDeps,
  seal: SealContext,
  row: NumberedRow,
  parcels: Map<number, Parcel>,
): Promise<void> {
  if (parcels.has(row.n)) return;
  const putOff = async (pauseMs: number): Promise<void> => {
    await tx.put("outbox", { ...row, nextAtMs: seal.nowMs + pauseMs });
  };
  const parcel = await addressed(tx, row);
  const closedMs = parcel === undefined ? NO_WAY_RETRY_MS : closedForMs(deps, parcel);
  if (parcel === undefined || closedMs > 0) return putOff(closedMs);
  const sealed = await sealRow(tx, seal, row);
  // No session can be begun yet.
  if (sealed === undefined) return putOff(NO_WAY_RETRY_MS);
  parcels.set(row.n, { ...parcel, row: { ...sealed, n: row.n } });
}

/** The row for the relay of its first pending target, with all that are reached there too. */
async function addressed(tx: ReadTx, row: NumberedRow): Promise<Parcel | undefined> {
  let parcel: Parcel | undefined;
  for (const { device } of row.targets.filter((it) => it.state === "pending")) {
    const found = await tx.get("devices", device);
    const relays = (found === undefined ? undefined : cardOf(found))?.relays ?? [];
    const relay = relays[Math.floor(row.attempts / RELAY_TRIES) % Math.max(1, relays.length)];
    if (relay === undefined || (parcel !== undefined && parcel.url !== relay.url)) continue;
    const target = {
      device,
      mailbox: idOf("MailboxId", relay.mailbox),
      token: idOf("Token", relay.token),
    };
    parcel = {
      row,
      url: relay.url,
      relayId: idOf("RelayId", relay.relayId),
      targets: [...(parcel?.targets ?? []), target],
    };
  }
  return parcel;
}

/** How long its relay cannot be asked, in milliseconds. An open link hurries everything. */
function closedForMs(deps: PumpDeps, parcel: Parcel): number {
  const state = deps.linkTo(parcel.url, parcel.relayId)?.state();
  if (state === undefined || state.type === "refused" || state.type === "closed") {
    return NO_WAY_RETRY_MS;
  }
  if (state.type !== "waiting") return 0;
  const waitMs = state.retryAtMs - deps.timers.now();
  return Math.min(NO_WAY_RETRY_MS, Math.max(NO_WAY_RETRY_MS_MIN, waitMs));
}

async function put(deps: PumpDeps, parcel: Parcel): Promise<Verdict> {
  const { row, targets } = parcel;
  const link = deps.linkTo(parcel.url, parcel.relayId);
  if (link === null || row.body === null) return { type: "busy", retryAfterMs: 1_000 };
  const answer = await link.put({
    envelope: idOf("EnvelopeId", bytesOf(row.env)),
    isEphemeral: false,
    isUrgent: row.what === "entry",
    slot: null,
    ttlSeconds: 0,
    targets: targets.map(({ mailbox, token }) => ({ mailbox, token })),
    body: row.body,
  });
  if (answer.ok) {
    const statuses = answer.value.map((status, i) => ({
      device: targets[i]?.device ?? "",
      status,
    }));
    return { type: "answered", statuses, storeInc: deps.storeIncOf(parcel.url) };
  }
  switch (answer.error.type) {
    case "LinkDown":
      return { type: "down" };
    case "Busy":
      return { type: "busy", retryAfterMs: answer.error.retryAfterMs };
    case "TooLarge":
      return { type: "tooLarge" };
    default:
      return unreachable(answer.error);
  }
}

/** Prekey bundles for devices that we have no session with: sealing needs one or the other. */
async function fetchBundles(deps: PumpDeps, rows: readonly OutboxRow[]): Promise<void> {
  const ids = new Set(rows.flatMap((row) => row.targets.map((it) => it.device)));
  const lacking = await deps.store.read(["devices", "sessions"], async (tx) => {
    const devices: DeviceRow[] = [];
    for (const id of ids) {
      const device = await tx.get("devices", id);
      if (device === undefined || device.prekeyBundle !== null) continue;
      if ((await sessionWith(tx, device, deps.timers.now())) === undefined) devices.push(device);
    }
    return devices;
  });
  for (const device of lacking) {
    const bundle = await fetchBundle(deps.httpOf, device);
    if (bundle === undefined) continue;
    await deps.lane.run(() =>
      deps.store.write(["devices"], async (tx) => {
        const row = await tx.get("devices", device.device);
        if (row !== undefined) await tx.put("devices", { ...row, prekeyBundle: bundle });
      }),
    );
  }
}

/** Verified against the device's certificate; undefined when it cannot be had now. */
export async function fetchBundle(
  httpOf: PumpDeps["httpOf"],
  device: Pick<DeviceRow, "certificate" | "card">,
): Promise<Uint8Array | undefined> {
  const certificate = decodeCertificate(device.certificate);
  if (!certificate.ok) return undefined;
  for (const relay of cardOf(device)?.relays ?? []) {
    const fetched = await httpOf(relay.url).fetchPrekeys(
      idOf("MailboxId", relay.mailbox),
      idOf("Token", relay.token),
    );
    const bundle = fetched.ok ? decodePrekeyBundle(fetched.value) : undefined;
    if (bundle?.ok === true && verifyPrekeyBundle(bundle.value, certificate.value)) {
      return bundle.value.bytes;
    }
  }
  return undefined;
}
