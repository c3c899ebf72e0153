import { messageStateOf, type MessageState } from "../../app/db/message-state.ts";
/**
 * Somebody in a scenario: a real device on a store in memory, and the words for what they do and see.
 * Their way to the relays, their clock and the room on their disk are the scenario's to change.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Keepsake } from "../../sync/account/keepsake.ts";
import type { Timers } from "../../sync/clock/timers.ts";
import type { Device, Status } from "../../sync/device.ts";
import { openDevice } from "../../sync/open-device.ts";
import { openRoomHost } from "../../sync/rooms/host.ts";
import { type MemoryStore, openMemoryStore } from "../../sync/store/memory-store.ts";
import type { Rows, TableName } from "../../sync/store/rows.ts";
import type { ContactRow, EntryRow, LogRow } from "../../sync/store/rows.ts";
import { StorageError, type Store, type WriteTx } from "../../sync/store/store.ts";
import { TABLES } from "../../sync/store/tables.ts";
import { type MessageView, viewsOf } from "../../sync/thread/view.ts";
import {
  type MemoryTransport,
  openMemoryTransport,
  type RelayDoor,
} from "../../sync/transport/memory-transport.ts";
import type { Kernel } from "../sim/kernel.ts";

const ONE_WAY_MS = 20;

export type PersonOptions = {
  readonly name: string;
  readonly kernel: Kernel;
  readonly random: Random;
  readonly homeUrl: string;
  readonly relayAt: (origin: string) => RelayDoor | undefined;
  /** Lets time go by until `pending` settles. */
  readonly outcome: <R>(pending: Promise<R>) => Promise<R>;
};

export class Person {
  readonly name: string;
  /** Errors that are contradictions of our own. No scenario ends with one. */
  readonly bugs: unknown[] = [];
  /** Why something was dropped, oldest first. */
  readonly dropped: string[] = [];
  /** What their clock is ahead of the true time. */
  skewMs = 0;
  /** No room on the disk: a write that puts anything fails. */
  isDiskFull = false;
  /** Where the browser keeps a note beside the disk; none: it cannot. */
  keepsake: Keepsake | undefined;
  /** A fault of our own: writing such a row throws. */
  isFaultyAt: (table: TableName, row: Rows[TableName]) => boolean = () => false;
  status: Status | undefined;
  /** Origins that their device asked for anything, whether or not somebody is there. */
  readonly asked = new Set<string>();
  readonly #options: PersonOptions;
  readonly transport: MemoryTransport;
  #memory: MemoryStore = openMemoryStore();
  #device: Device | undefined;
  #life = 0;

  constructor(options: PersonOptions) {
    const { kernel, relayAt } = options;
    this.name = options.name;
    this.#options = options;
    this.transport = openMemoryTransport({
      relayAt: (origin) => {
        this.asked.add(origin);
        return relayAt(origin);
      },
      timers: { now: kernel.now, after: kernel.after },
      delayMs: () => ONE_WAY_MS,
    });
  }

  get device(): Device {
    assert(this.#device !== undefined, `${this.name} is awake`);
    return this.#device;
  }

  /** Their clock. */
  get timers(): Timers {
    const { kernel } = this.#options;
    return { now: () => kernel.now() + this.skewMs, after: kernel.after };
  }

  /** The store, as the device sees it. */
  get store(): Store {
    return {
      read: (tables, work) => this.#memory.read(tables, work),
      write: (tables, work) => this.#memory.write(tables, (tx) => work(this.#troubled(tx))),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** Room runs out when something is put; reading and deleting go on. */
  #troubled(tx: WriteTx): WriteTx {
    const check = (table: TableName, rows: readonly Rows[TableName][]): void => {
      if (this.isDiskFull) throw new StorageError("full");
      if (rows.some((row) => this.isFaultyAt(table, row))) throw new Error("a fault of our own");
    };
    return {
      ...tx,
      put: async (table, row) => {
        check(table, [row]);
        return await tx.put(table, row);
      },
      putAll: async (table, rows) => {
        check(table, rows);
        await tx.putAll(table, rows);
      },
    };
  }

  /* What happens to them. */

  /** The app is opened: on what is in the store. */
  async wake(): Promise<void> {
    const { kernel, random, homeUrl } = this.#options;
    this.#life += 1;
    const life = this.#life;
    const isAlive = (): boolean => this.#life === life;
    const device = await openDevice({
      store: this.store,
      transport: this.transport,
      timers: { now: () => kernel.now() + this.skewMs, after: kernel.afterWhile(isAlive) },
      random,
      homeUrl,
      appUrl: "https://kith.example/",
      loadRooms: () => Promise.resolve(openRoomHost),
      ...(this.keepsake !== undefined && { keepsake: this.keepsake }),
      dropped: (reason) => this.dropped.push(reason),
      failed: (error) => this.bugs.push(error),
    });
    this.#device = device;
    device.status((status) => {
      this.status = status;
    });
  }

  /** The app is closed in order. */
  async sleep(): Promise<void> {
    await this.#device?.[Symbol.asyncDispose]();
    this.#device = undefined;
    this.#life += 1;
    this.transport.cut();
  }

  /** The process is gone: nothing that it had in hand goes on, and what was committed stays. */
  crash(): void {
    this.#memory = openMemoryStore(this.#memory.snapshot());
    this.#device = undefined;
    this.#life += 1;
    this.transport.cut();
  }

  /** The disk as it is now; `restore` puts it back. */
  backUp(): () => void {
    const snapshot = this.#memory.snapshot();
    return () => {
      assert(this.#device === undefined, "a disk is put back while the app is closed");
      this.#memory = openMemoryStore(snapshot);
    };
  }

  /** No way to any relay, and the browser says so. */
  disconnect(): void {
    this.transport.setRoute("down");
    this.#device?.network(false);
  }

  reconnect(): void {
    this.transport.setRoute("up");
    this.#device?.network(true);
  }

  /* What they do. */

  /** Lets time go by until it is done. */
  outcome<R>(pending: Promise<R>): Promise<R> {
    return this.#options.outcome(pending);
  }

  async invite(): Promise<string> {
    const made = await this.#options.outcome(this.device.invite());
    assert(made.ok, "there is an account");
    return made.value.link;
  }

  /** Opens somebody's link; the chat is there when it settles. */
  async accept(link: string): Promise<void> {
    const accepted = await this.#options.outcome(this.device.acceptInvite(link));
    assert(accepted.ok, `${this.name} accepts: ${accepted.ok || accepted.error.type}`);
  }

  /** The message's public id. */
  async say(to: Person, text: string): Promise<string> {
    const sent = await this.device.send(await this.chatWith(to), text);
    assert(sent.ok, `${this.name} writes: ${sent.ok || sent.error.type}`);
    return sent.value.id;
  }

  async read(from: Person): Promise<void> {
    await this.device.markRead(await this.chatWith(from));
  }

  async decide(about: Person, verdict: "accept" | "block"): Promise<void> {
    await this.device.decide(await about.account(), verdict);
  }

  /* What they have. */

  rows<T extends TableName>(table: T): Promise<readonly Rows[T][]> {
    return this.#memory.read([table], (tx) => tx.range(table, "primary", {}));
  }

  /** Changes their store by hand, as no device would: for the wicked and the unlucky. */
  change<R>(work: (tx: WriteTx) => Promise<R>): Promise<R> {
    return this.#memory.write(Object.keys(TABLES) as TableName[], work);
  }

  async account(): Promise<string> {
    const self = (await this.rows("channels")).find((it) => it.kind === "self");
    assert(self !== undefined, `${this.name} has an account`);
    return self.account;
  }

  /** The number of their chat with `other`; with themselves: "Note to self". */
  async chatWith(other: Person): Promise<number> {
    const account = await other.account();
    const chat = (await this.rows("channels")).find((it) => it.account === account);
    assert(chat?.c !== undefined, `${this.name} has a chat with ${other.name}`);
    return chat.c;
  }

  async contact(other: Person): Promise<ContactRow> {
    const account = await other.account();
    const contact = (await this.rows("contacts")).find((it) => it.account === account);
    assert(contact !== undefined, `${this.name} knows ${other.name}`);
    return contact;
  }

  /** What the conversation shows, in its order. */
  async entries(other: Person): Promise<readonly EntryRow[]> {
    const c = await this.chatWith(other);
    const range = { lower: [c, 1], upper: [c, 1] };
    return this.#memory.read(["entries"], (tx) => tx.range("entries", "timeline", range));
  }

  /** The conversation as it is painted: what the messages have become. */
  async views(other: Person): Promise<readonly { row: EntryRow; view: MessageView }[]> {
    const c = await this.chatWith(other);
    const aggregates = (await this.rows("aggregates")).filter((it) => it.c === c);
    return viewsOf(await this.entries(other), aggregates, await this.account());
  }

  async sees(other: Person): Promise<readonly string[]> {
    return (await this.entries(other)).map((it) => it.text);
  }

  /** Everybody they know of. */
  async others(): Promise<readonly ContactRow[]> {
    return (await this.rows("contacts")).filter((it) => it.state !== "self");
  }

  async unread(other: Person): Promise<number> {
    const c = await this.chatWith(other);
    return (await this.rows("channels")).find((it) => it.c === c)?.unread ?? 0;
  }

  /** How far each of their own messages got, in the order of the conversation. */
  async states(other: Person): Promise<readonly MessageState[]> {
    const c = await this.chatWith(other);
    const cursors = (await this.rows("cursors")).filter((it) => it.c === c);
    const logs = (await this.rows("logs")).filter((it) => it.c === c);
    const kind = (await this.rows("channels")).find((it) => it.c === c)?.kind;
    const logByNumber = new Map(logs.map((it) => [it.a ?? 0, it]));
    const receipts = { logs, logByNumber, cursors, members: [] };
    return (await this.entries(other)).flatMap((entry) => {
      const isChat = entry.own && (kind === "self" || kind === "dm");
      const state = isChat ? messageStateOf(entry, undefined, receipts, kind) : null;
      return state === null ? [] : [state];
    });
  }

  /** Their own log in the chat: the newest incarnation. */
  async log(other: Person): Promise<LogRow> {
    const c = await this.chatWith(other);
    const log = (await this.rows("logs")).findLast((it) => it.c === c && it.own);
    assert(log !== undefined, `${this.name} writes to ${other.name}`);
    return log;
  }
}
