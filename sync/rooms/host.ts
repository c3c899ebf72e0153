/**
 * The account's shared documents in an engine: rooms for the tabs, entries for the other devices. Heavy,
 * since Yjs comes with it: loaded by rooms.ts. docs/protocol/rooms.md, [YR15] to [YR18].
 *
 * A document on disk is exactly what stands in the entries that went into it: both are written in one
 * transaction. If more of it were kept, a tab that comes again would not bring what no entry has yet.
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { accountChannelOf } from "../../crypto/identity/channel-id.ts";
import type { Self } from "../account/self.ts";
import { append, APPEND_TABLES } from "../channel/append.ts";
import { bytesOf, logById, openAccountChannel } from "../channel/channels.ts";
import { decodeEntry, logIdOf } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import type { RoomUpdate } from "../entry/room-body.ts";
import type { TableName } from "../store/rows.ts";
import { type ReadTx, StorageError, type WriteTx } from "../store/store.ts";
import { ACCOUNT_ROOMS, type RoomName } from "./names.ts";
import { ROOM_CLOSED, type RoomClosed } from "./room-closed.ts";
import { decodeRoomUpdate } from "./room-update.ts";
import { openRoom, type Room, type Tab, type TabSocket } from "./room.ts";
import type { RoomHostDeps } from "./rooms.ts";
import type { YupRow } from "./rows.ts";
import { parseSettings, SETTINGS } from "./settings.ts";
import { editsBefore, eraseCovered, SNAPSHOT_BYTES, SNAPSHOT_EDITS } from "./snapshot.ts";

/** Edits of others that are taken in with one transaction. */
const YUPS_AT_ONCE = 256;

const LEAP_BYTES = 2;

const KEEP_TABLES: readonly TableName[] = [...APPEND_TABLES, "ydocs", "yups"];

export type RoomHost = {
  readonly newClient: (room: RoomName) => Promise<number>;
  readonly attach: (room: RoomName, socket: TabSocket, client: number) => Promise<Tab | RoomClosed>;
  /** Takes in what waits in `yups`. */
  readonly takeIn: () => Promise<void>;
  /** What is unwritten is in the lane when it settles. */
  readonly close: () => Promise<void>;
};

type Hosted = {
  readonly name: RoomName;
  readonly log: Hex;
  readonly room: Room;
  /** It could not be kept: what its tabs have more, they bring to the next one. */
  isLost: boolean;
  /** Of ours, since our last snapshot. */
  edits: number;
  bytes: number;
};

type Taken = {
  readonly row: YupRow;
  /** Earlier entries of its log need no body any more. */
  readonly snapshot: RoomUpdate | null;
};

type Keeping = { readonly update: RoomUpdate | null; readonly taken: readonly Taken[] };

export const openRoomHost = (deps: RoomHostDeps): RoomHost => new Host(deps);

class Host implements RoomHost {
  readonly #deps: RoomHostDeps;
  readonly #hosted = new Map<RoomName, Promise<Hosted>>();
  #taking: Promise<void> = Promise.resolve();

  constructor(deps: RoomHostDeps) {
    this.#deps = deps;
  }

  readonly newClient = async (room: RoomName): Promise<number> => {
    const hosted = await this.#of(room);
    hosted.room.flush();
    const client = hosted.room.newClient();
    // Before anybody has it: after a crash it would be given away again.
    await this.#keep(hosted, { update: null, taken: [] });
    return client;
  };

  readonly attach: RoomHost["attach"] = async (room, socket, client) =>
    (await this.#of(room)).room.attach(socket, client);

  readonly takeIn = (): Promise<void> => {
    this.#taking = this.#takeAfter(this.#taking);
    return this.#taking;
  };

  readonly close = async (): Promise<void> => {
    const opened = await Promise.allSettled(this.#hosted.values());
    this.#hosted.clear();
    for (const it of opened)
      if (it.status === "fulfilled") it.value.room.close(ROOM_CLOSED.restart);
  };

  async #takeAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    try {
      for (const room of ACCOUNT_ROOMS) await this.#takeInto(room);
    } catch (error) {
      this.#deps.failed(error);
    }
  }

  async #of(name: RoomName): Promise<Hosted> {
    const held = await this.#hosted.get(name);
    if (held !== undefined && held.log === this.#log()) return held;
    // We write another log since: client ids of the old one are nobody's any more.
    if (held !== undefined) this.#leave(held, ROOM_CLOSED.forbidden);
    const opening = this.#hosted.get(name) ?? this.#open(name);
    this.#hosted.set(name, opening);
    opening.catch(() => this.#hosted.delete(name));
    return await opening;
  }

  async #open(name: RoomName): Promise<Hosted> {
    const { store, timers } = this.#deps;
    const log = this.#log();
    const row = await store.read(["ydocs"], (tx) => tx.get("ydocs", name));
    const room = openRoom({
      timers,
      room: name,
      log: bytesOf(log),
      nextNonce: row?.log === log ? row.nextNonce : 0,
      leap: leapOf(this.#deps.random),
      state: row?.state ?? null,
      wrote: (update) => this.#wrote(hosted, update),
      // Where editors are is shown on this device alone.
      moved: () => undefined,
    });
    const { edits = 0, bytes = 0 } = row?.log === log ? row : {};
    const hosted: Hosted = { name, log, room, isLost: false, edits, bytes };
    return hosted;
  }

  async #wrote(hosted: Hosted, update: RoomUpdate): Promise<void> {
    const wasLost = hosted.isLost;
    try {
      await this.#keep(hosted, { update, taken: [] });
    } catch (error) {
      if (!wasLost) this.#deps.failed(error);
      throw error;
    }
    this.#deps.wake();
    if (hosted.edits >= SNAPSHOT_EDITS || hosted.bytes >= SNAPSHOT_BYTES) {
      await this.#snapshot(hosted).catch(this.#deps.failed);
    }
  }

  /** Says at once what our many edits came to, and takes their bodies away. */
  async #snapshot(hosted: Hosted): Promise<void> {
    const { store, lane, timers, random } = this.#deps;
    const { name, room } = hosted;
    [hosted.edits, hosted.bytes] = [0, 0];
    const edits = await store.read(["channels", "logs", "entries"], async (tx) => {
      const log = await logById(tx, hosted.log);
      return log === undefined
        ? []
        : await editsBefore(tx, name, { ...log, s: Number.MAX_SAFE_INTEGER });
    });
    const nonces = [...new Set(edits.flatMap(({ body }) => body.nonces))];
    // From here to the lane in one turn: a snapshot holds what entries before it hold, and no more.
    room.flush();
    const parts = room.parts(nonces);
    if (parts === undefined || edits.length === 0) return;
    await lane.run(() =>
      store.write(KEEP_TABLES, async (tx) => {
        const self = this.#self();
        if (hosted.isLost || hosted.log !== this.#log()) return;
        for (const part of parts) {
          const channel = await openAccountChannel(tx, self);
          const input = { self, channel, nowMs: timers.now(), random };
          const { entry } = await append(tx, input, { type: "ydocSnapshot", ...part });
          await eraseCovered(tx, entry, part);
        }
        const row = await tx.get("ydocs", name);
        if (row !== undefined) await tx.put("ydocs", { ...row, edits: 0, bytes: 0 });
      }),
    );
    this.#deps.wake();
  }

  /** The document as it is now, with the entry that brings it there. In the same turn as the edit. */
  async #keep(hosted: Hosted, keeping: Keeping): Promise<void> {
    const { store, lane } = this.#deps;
    const { name, log, room } = hosted;
    hosted.edits += keeping.update === null ? 0 : 1;
    hosted.bytes += keeping.update?.update.length ?? 0;
    const { edits, bytes } = hosted;
    const row = { room: name, state: room.state(), nextNonce: room.nextNonce(), log, edits, bytes };
    const settings = name === SETTINGS ? parseSettings(room.map(SETTINGS)) : null;
    try {
      await lane.run(() =>
        store.write(KEEP_TABLES, async (tx) => {
          if (hosted.isLost || log !== this.#log()) throw new StorageError("gone");
          if (keeping.update !== null) await this.#append(tx, keeping.update);
          await tx.put("ydocs", row);
          for (const { row: yup, snapshot } of keeping.taken) {
            if (yup.n !== undefined) await tx.delete("yups", yup.n);
            if (snapshot !== null) await eraseCovered(tx, yup, snapshot);
          }
          if (settings !== null) await tx.put("meta", { k: SETTINGS, v: settings });
        }),
      );
    } catch (error) {
      this.#leave(hosted, ROOM_CLOSED.restart);
      throw error;
    }
    if (settings !== null) this.#deps.settled(settings);
  }

  async #append(tx: WriteTx, update: RoomUpdate): Promise<void> {
    const { timers, random } = this.#deps;
    const self = this.#self();
    const channel = await openAccountChannel(tx, self);
    await append(tx, { self, channel, nowMs: timers.now(), random }, { type: "ydoc", ...update });
  }

  #leave(hosted: Hosted, code: RoomClosed): void {
    if (hosted.isLost) return;
    hosted.isLost = true;
    this.#hosted.delete(hosted.name);
    hosted.room.close(code);
  }

  async #takeInto(name: RoomName): Promise<void> {
    const { store, dropped } = this.#deps;
    for (;;) {
      const range = { lower: [name], upper: [name], limit: YUPS_AT_ONCE };
      const waiting = await store.read(["yups", "entries", "logs"], async (tx) => {
        const rows = await tx.range("yups", "room", range);
        return await Promise.all(rows.map(async (row) => ({ row, said: await saidBy(tx, row) })));
      });
      if (waiting.length === 0) return;
      const hosted = await this.#of(name);
      const { room } = hosted;
      // From here to `#keep` in one turn: the document holds nothing that no entry has.
      room.flush();
      const taken = waiting.map(({ row, said }): Taken => {
        const update = said && decodeRoomUpdate(said.body, said.log);
        const isTaken = update?.ok === true && room.apply(update.value.update);
        if (update?.ok === false) dropped(`room ${update.error.type}`);
        else if (update !== undefined && !isTaken) dropped("room update refused");
        return { row, snapshot: isTaken && said?.isSnapshot === true ? update.value : null };
      });
      await this.#keep(hosted, { update: null, taken });
      if (waiting.length < YUPS_AT_ONCE) return;
    }
  }

  #self(): Self {
    const self = this.#deps.self();
    assert(self !== undefined, "rooms are of an account");
    return self;
  }

  /** Ours in the account channel now. */
  #log(): Hex {
    const { keys, account, incarnation } = this.#self();
    return toHex(logIdOf(keys.sigKey, accountChannelOf(bytesOf(account)), incarnation));
  }
}

/** 1 to 65,536: each life of the engine begins elsewhere. Rule [YR21]. */
const leapOf = (random: Random): number =>
  random(LEAP_BYTES).reduce((leap, byte) => leap * 256 + byte, 0) + 1;

type SaidEdit = {
  readonly body: Uint8Array;
  readonly log: Uint8Array;
  readonly isSnapshot: boolean;
};

/** Undefined: it was erased, since a later one says it all. */
async function saidBy(tx: ReadTx, { c, a, s }: YupRow): Promise<SaidEdit | undefined> {
  const row = await tx.get("entries", [c, a, s]);
  const entry = row === undefined ? undefined : decodeEntry(row.bytes);
  if (entry?.ok !== true || entry.value.body === null) return undefined;
  const { body, core } = entry.value;
  return { body, log: core.log, isSnapshot: core.kind === KINDS.ydocSnapshot.number };
}
