/**
 * The engine's side of the door: one device, any number of tabs.
 *
 * [AHB1] An ask is answered once, with the device's own answer or an `EngineFailure`; nothing
 *        throws through the door.
 * [AHB2] A tab that says hello gets the newest status at once, then each change.
 * [AHB3] Tabs are added up: the person is here when any tab is in front, and all that any tab
 *        shows is watched. A tab that is gone no longer counts.
 * [AHB4] Asks that come before the device is open wait for it, ASKS_OUTSTANDING_MAX a tab.
 * [AHB5] Tabs learn why there is no engine, and that a newer one took over.
 */
import { err } from "../../crypto/base/result.ts";
import type { Device, Status } from "../../sync/device.ts";
import { StorageError } from "../../sync/store/store.ts";
import { type Answer, type Call, perform } from "./calls.ts";
import {
  ASKS_OUTSTANDING_MAX,
  type Note,
  type OpenFailure,
  type ToEngine,
  type ToTab,
} from "./messages.ts";
import type { Port } from "./port.ts";
import { openRoomSeats, type RoomSeats } from "./room-seats.ts";

type TabPort = Port<ToTab, ToEngine>;

type Tab = {
  readonly port: TabPort;
  name: string;
  visible: boolean;
  watched: readonly string[];
  outstanding: number;
  readonly rooms: RoomSeats;
};

const BUSY = err({ type: "EngineBusy" as const });

type Now =
  | { readonly type: "opening" }
  | { readonly type: "open"; readonly device: Device }
  | { readonly type: "notOpened"; readonly failure: OpenFailure }
  | { readonly type: "retired" };

export type Hub = {
  readonly admit: (port: TabPort) => void;
  readonly opened: (device: Device) => void;
  readonly notOpened: (failure: OpenFailure) => void;
  /** Tells all tabs that a newer engine takes over, and serves nobody any more. */
  readonly retire: () => void;
};

type HubOptions = {
  /** Names the lock that this engine holds. */
  readonly life: string;
  /** Settles when the tab is gone. */
  readonly whenGone: (tab: string) => Promise<void>;
};

export function openHub({ life, whenGone }: HubOptions): Hub {
  const tabs = new Set<Tab>();
  const device = Promise.withResolvers<Device>();
  let now: Now = { type: "opening" };
  let status: Status | null = null;

  const tell = (message: ToTab): void => {
    for (const { port } of tabs) port.post(message);
  };
  const enter = (next: Now): void => {
    now = next;
    if (next.type === "open") tell({ type: "ready", life });
    if (next.type === "notOpened") tell(next);
    if (next.type === "retired") tell({ type: "retired" });
  };
  const sumUp = (): void => {
    if (now.type === "open") addUp(now.device, [...tabs]);
  };
  const drop = (tab: Tab): void => {
    if (!tabs.delete(tab)) return;
    tab.rooms.leaveAll();
    tab.port.close();
    sumUp();
  };
  const greet = (tab: Tab, name: string): void => {
    // A tab that dialled again has left its first port behind.
    for (const other of tabs) if (other.name === name) drop(other);
    tab.name = name;
    tabs.add(tab);
    void whenGone(name).then(() => drop(tab));
    if (now.type === "notOpened" || now.type === "retired") tab.port.post(now);
    if (now.type !== "open") return;
    tab.port.post({ type: "ready", life });
    if (status !== null) tab.port.post({ type: "status", status });
  };
  const take = async (tab: Tab, id: number, call: Call): Promise<void> => {
    const full = tab.outstanding >= ASKS_OUTSTANDING_MAX;
    tab.outstanding += full ? 0 : 1;
    tab.port.post({ type: "taken", id });
    const answer: Answer = full ? BUSY : await answerOf(await device.promise, call);
    tab.outstanding -= full ? 0 : 1;
    tab.port.post({ type: "answer", id, answer });
  };
  const heed = (tab: Tab, note: Note): void => {
    keep(tab, note);
    if (now.type === "open") pass(now.device, note);
    sumUp();
  };

  return {
    admit: (port) => {
      const tab = newTab(port);
      port.listen((message) => {
        if (message.type === "hello") greet(tab, message.tab);
        else if (message.type === "ping") port.post({ type: "pong" });
        else if (message.type === "note") heed(tab, message.note);
        else if (message.type === "room") tab.rooms.heard(device.promise, message);
        else void take(tab, message.id, message.call);
      });
    },
    opened: (made) => {
      device.resolve(made);
      enter({ type: "open", device: made });
      sumUp();
      made.status((newest) => {
        status = newest;
        tell({ type: "status", status: newest });
      });
    },
    notOpened: (failure) => enter({ type: "notOpened", failure }),
    retire: () => enter({ type: "retired" }),
  };
}

const newTab = (port: TabPort): Tab => ({
  port,
  name: "",
  visible: false,
  watched: [],
  outstanding: 0,
  rooms: openRoomSeats(port.post),
});

/** What is added up over the tabs. */
function keep(tab: Tab, note: Note): void {
  if (note.type === "visible") tab.visible = note.visible;
  if (note.type === "watch") tab.watched = note.accounts;
}

function addUp(device: Device, tabs: readonly Tab[]): void {
  device.visible(tabs.some((tab) => tab.visible));
  device.watch([...new Set(tabs.flatMap((tab) => tab.watched))]);
}

/** What is not added up goes straight to the device. */
function pass(device: Device, note: Note): void {
  if (note.type === "typing") device.typing(note.c);
  if (note.type === "network") device.network(note.online);
}

async function answerOf(device: Device, call: Call): Promise<Answer> {
  try {
    return await perform(device, call);
  } catch (error) {
    const full = error instanceof StorageError && error.failure === "full";
    return err({ type: full ? "StorageFull" : "StorageFailed" });
  }
}
