/**
 * The devices of our account: what the person does with them, and what has to be done by itself when one
 * is out or somebody is called something else. docs/protocol/devices.md.
 */
import { toBase64url } from "../../crypto/base/base64url.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { ownerOf } from "../account/mailboxes.ts";
import type { Self } from "../account/self.ts";
import { ensureOwnLog } from "../channel/append.ts";
import { channelById, channelIdOf, logsOf, openChannel } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import { isInAccount, ownContact } from "../contact/contacts.ts";
import { goneDueIn } from "../contact/devices.ts";
import type { Lane } from "../lane.ts";
import type { NameError } from "../payload/name.ts";
import { type Effects, heldBack } from "../receive/effects.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { RECEIVE_TABLES } from "../receive/receive.ts";
import { openRelayHttp } from "../session/relay-http.ts";
import type { TableName } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import type { Transport } from "../transport/transport.ts";
import { PATHS } from "../wire/http.ts";
import { endedBefore, endsOf, isPutOut } from "./closed.ts";
import { closeLogs, openLogsOfOut, settleBefore } from "./closings.ts";
import type { Departure, DeviceError, Devices } from "./commands.ts";
import { deviceNamesOf, isNameDue, noteDeviceName, noteOwnName, tellName } from "./names.ts";
import { heedGone, leaveAccount, revokeDevice } from "./revoke.ts";

/** Whoever put a device out closes its logs. If that does not come, another device of ours does. */
export const CLOSE_AFTER_MS = 60_000;
/** So long a device that leaves waits until the others are told, and then until its relay answers. */
export const LEAVE_MS_MAX = 8_000;
const LEAVE_LOOK_MS = 200;

/** What says which logs nobody has closed, and whose history is still to come. */
const OPEN_TABLES: readonly TableName[] = [
  "meta",
  "contacts",
  "devices",
  "channels",
  "rosters",
  "logs",
  "entries",
];

export type DevicesDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly transport: Transport;
  readonly homeUrl: string;
  readonly self: () => Self | undefined;
  readonly effects: Effects;
  /** This device is out of its account: nobody takes anything from it any more. */
  readonly isOut: () => void;
  /** Nobody is told any more that the person is here. */
  readonly hide: () => void;
  /** Nobody is shown it any more, as far as we can tell. */
  readonly isHidden: () => boolean;
  readonly failed: (error: unknown) => void;
};

export type DevicesDesk = Devices & {
  /** Devices, or what they have to tell, may be others than before. */
  readonly look: () => void;
  readonly close: () => void;
};

export const openDevices = (deps: DevicesDeps): DevicesDesk => new Desk(deps);

/** Among several devices: receipts go under a chain of ours, which comes with the first entry of our log. */
async function beHeard(tx: WriteTx, context: OpenContext): Promise<void> {
  const { self } = context;
  if ((await ownContact(tx, self)).live.length < 2) return;
  const channel = await openChannel(tx, self, self.account);
  await ensureOwnLog(tx, { ...context, channel });
}

async function isIntroduced(tx: ReadTx, self: Self): Promise<boolean> {
  const names = await deviceNamesOf(tx);
  const { live } = await ownContact(tx, self);
  // Who is out has nothing to say any more.
  if (!live.includes(self.device)) return true;
  if (names[self.device] === undefined || live.length < 2) return names[self.device] !== undefined;
  const channel = await channelById(tx, toHex(channelIdOf(self, self.account)));
  const logs = channel === undefined ? [] : await logsOf(tx, channel.c);
  return logs.some((it) => it.own && it.known.floor > 0);
}

/** Is there anything that no relay has taken yet? */
const isWaiting = async (tx: ReadTx): Promise<boolean> =>
  (await tx.range("outbox", "due", { lower: [1], limit: 1 })).length > 0;

/** "Firefox" where none is called so, else "Firefox 2". */
function unlike(taken: ReadonlySet<string>, name: string): string {
  let unique = name;
  for (let n = 2; taken.has(unique); n += 1) unique = `${name} ${n}`;
  return unique;
}

type Named = Result<void, DeviceError | NameError>;

/** The capsule says it, too. */
async function nameDevice(
  tx: WriteTx,
  context: OpenContext,
  device: Hex,
  name: string,
): Promise<Named> {
  const named = await noteDeviceName(tx, context, device, name);
  if (named.ok) context.effects.contacts();
  return named;
}

class Desk implements DevicesDesk {
  readonly #deps: DevicesDeps;
  #isClosed = false;
  #isLeaving = false;
  #cancel: (() => void) | undefined;

  constructor(deps: DevicesDeps) {
    this.#deps = deps;
  }

  readonly rename = (device: Hex, name: string): Promise<Named> =>
    this.#do((tx, context) => nameDevice(tx, context, device, name));

  readonly introduce = async (name: string): Promise<Named> => {
    const self = this.#deps.self();
    // Mostly there is nothing to do, and whoever opens the app waits for no disk.
    const isDone = await this.#deps.store.read(["meta", "contacts", "channels", "logs"], (tx) =>
      self === undefined ? Promise.resolve(false) : isIntroduced(tx, self),
    );
    if (isDone) return ok(undefined);
    return this.#do(async (tx, context) => {
      const { device } = context.self;
      await beHeard(tx, context);
      const names = await deviceNamesOf(tx);
      if (names[device] !== undefined) return ok(undefined);
      const { live } = await ownContact(tx, context.self);
      const taken = new Set(live.flatMap((it) => names[it]?.name ?? []));
      return nameDevice(tx, context, device, unlike(taken, name));
    });
  };

  readonly callMe = async (name: string): Promise<Named> => {
    const named = await this.#do((tx, context) => noteOwnName(tx, context, name));
    if (named.ok) this.look();
    return named;
  };

  readonly revoke = (device: Hex, kept: readonly Hex[]): Promise<Result<void, DeviceError>> =>
    this.#do((tx, context) => revokeDevice(tx, context, device, kept));

  readonly leave = async (): Promise<Result<Departure, DeviceError>> => {
    this.#isLeaving = true;
    const left = await this.#do(async (tx, context) => {
      await leaveAccount(tx, context);
      return ok(undefined);
    });
    return left.ok ? ok(await this.#farewell()) : left;
  };

  readonly look = (): void => {
    this.#settle().catch(this.#deps.failed);
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  /** One transaction, with what follows from it outside. */
  async #do<Value, Failure>(
    work: (tx: WriteTx, context: OpenContext) => Promise<Result<Value, Failure>>,
  ): Promise<Result<Value, Failure | { readonly type: "NotStarted" }>> {
    const { lane, store, timers, random, effects } = this.#deps;
    const held = heldBack(effects);
    const done = await lane.run(
      async (): Promise<Result<Value, Failure | { readonly type: "NotStarted" }>> => {
        const self = this.#deps.self();
        if (self === undefined) return err({ type: "NotStarted" });
        const context = { self, nowMs: timers.now(), random, effects: held.effects };
        return await store.write(RECEIVE_TABLES, (tx) => work(tx, context));
      },
    );
    held.release();
    if (done.ok) effects.wake();
    return done;
  }

  async #settle(): Promise<void> {
    const { store } = this.#deps;
    const self = this.#deps.self();
    if (self === undefined || this.#isClosed || this.#isLeaving) return;
    const due = await store.read(["meta", "contacts", "outbox"], async (tx) => ({
      isIn: await isInAccount(tx, self),
      isGone: Object.keys(await goneDueIn(tx)).length > 0,
      isOfBefore: endedBefore(await endsOf(tx)).length > 0,
      isFarewell: !isPutOut(await ownContact(tx, self), self.device) && (await isWaiting(tx)),
    }));
    if (due.isGone) await this.#do(async (tx, context) => ok(await heedGone(tx, context)));
    if (due.isOfBefore) await this.#do(async (tx, context) => ok(await settleBefore(tx, context)));
    // It was closed while it left.
    if (!due.isIn && due.isFarewell) await this.#farewell();
    if (!due.isIn) return this.#deps.isOut();
    await this.#tellName();
    await this.#planClosing(self);
  }

  async #tellName(): Promise<void> {
    const isDue = await this.#deps.store.read(["meta"], isNameDue);
    for (let isMore = isDue; isMore && !this.#isClosed;) {
      const told = await this.#do(async (tx, context) => ok(await tellName(tx, context)));
      isMore = told.ok && told.value;
    }
  }

  /** Logs that nobody has closed yet are closed in a while. */
  async #planClosing(self: Self): Promise<void> {
    const { store, timers } = this.#deps;
    const open = await store.read(OPEN_TABLES, (tx) =>
      openLogsOfOut(tx, { self, nowMs: timers.now() }),
    );
    if (open.length === 0 || this.#cancel !== undefined || this.#isClosed) return;
    this.#cancel = timers.after(CLOSE_AFTER_MS, () => {
      this.#cancel = undefined;
      this.#do(async (tx, context) => ok(await closeLogs(tx, context, true))).catch(
        this.#deps.failed,
      );
    });
  }

  /** We are out by our own will: what is still to be said is said, and then nothing any more. */
  async #farewell(): Promise<Departure> {
    this.#isLeaving = true;
    this.#deps.hide();
    const isTold = await this.#isTold();
    // First: a device that finds its mailbox gone makes it anew.
    this.#deps.isOut();
    return { isTold, isForgotten: await this.#forget() };
  }

  /**
   * Does a relay have our last words, and what was written before, for everybody they are for? Waits until it is so,
   * and until nobody is shown that we are here.
   */
  async #isTold(): Promise<boolean> {
    const { store, timers, isHidden } = this.#deps;
    for (let waitedMs = 0; ; waitedMs += LEAVE_LOOK_MS) {
      const isTold = !(await store.read(["outbox"], isWaiting));
      if ((isTold && isHidden()) || waitedMs >= LEAVE_MS_MAX) return isTold;
      await new Promise<void>((resolve) => void timers.after(LEAVE_LOOK_MS, resolve));
    }
  }

  /** The relay forgets how we are woken, and all that it keeps for us. */
  async #forget(): Promise<boolean> {
    const { store, homeUrl: url, transport, timers } = this.#deps;
    const row = await store.read(["mailboxes"], (tx) => tx.get("mailboxes", url));
    const owner = row === undefined ? undefined : ownerOf(row);
    if (row?.registered !== true || owner === undefined) return row?.registered !== true;
    const http = openRelayHttp({ url, owner, transport, timers });
    const path = PATHS.mailbox(toBase64url(owner.mailbox));
    const late = Promise.withResolvers<boolean>();
    const cancel = timers.after(LEAVE_MS_MAX, () => late.resolve(false));
    const gone = http.ask({ method: "DELETE", path, isSigned: true }).then((it) => it.ok);
    const isGone = await Promise.race([gone, late.promise]);
    cancel();
    return isGone;
  }
}
