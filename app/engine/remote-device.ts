/**
 * The tab's side of the door: the device as a tab may use it. Whatever happens to the engine, every
 * call settles.
 *
 * [ARD1] Asks made before the engine is ready go out when it is. [ARD2] An engine that is gone, or
 * answers no ping, is given up: a new one is dialled, told everything it must know (which accounts
 * are watched, whether the person is here), and asked again what the old one never took. What it
 * took and did not answer settles as `EngineGone`: it must not be done twice. [ARD3] Never more
 * than ASKS_OUTSTANDING_MAX asks are open: the next is `EngineBusy`. [ARD4] An engine that a newer
 * build has retired is asked nothing any more. [ARD5] What the device answers comes as it is.
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { err } from "../../crypto/base/result.ts";
import type { Status } from "../../sync/device.ts";
import type { Answer, AnswerTo, Args, Call, Method, Part } from "./calls.ts";
import type { Note, OpenFailure, ToEngine, ToTab } from "./messages.ts";
import { type OpenAsks, openAsks } from "./open-asks.ts";
import type { Port } from "./port.ts";
import { openRoomEnds, type RoomEnds } from "./room-ends.ts";

export type EngineState =
  | { readonly type: "starting" }
  | { readonly type: "ready" }
  | { readonly type: "notOpened"; readonly failure: OpenFailure }
  | { readonly type: "retired" };

type EnginePort = Port<ToEngine, ToTab>;

export type RemoteDeviceOptions = {
  readonly tab: string;
  /**
   * When to dial for the first time. The tab's lock must be held by then: an engine that does not
   * find it takes the tab for gone.
   */
  readonly when: Promise<void>;
  /** Settles when the engine of that life is gone. */
  readonly whenGone: (life: string) => Promise<void>;
  /** Reaches the engine, making one when there is none. `again`: call it when another one started. */
  readonly dial: (again: () => void) => EnginePort;
  /** Calls `tick` every so many ms; answers what ends it. */
  readonly every: (ms: number, tick: () => void) => () => void;
};

export const PING_MS = 5_000;
/** Sleep and long work in the engine cost a ping or two; a dead engine answers none. */
export const PINGS_UNANSWERED_MAX = 3;

export type RemoteDevice = {
  /** Has the engine do it, and answers what the device answers. */
  readonly call: <P extends Part, M extends Method<P>>(
    part: P,
    method: M,
    ...args: Args<P, M>
  ) => Promise<AnswerTo<P, M>>;
  readonly typing: (c: number) => void;
  readonly watch: (accounts: readonly Hex[]) => void;
  readonly visible: (visible: boolean) => void;
  readonly network: (online: boolean) => void;
  /** A socket's way to a room of shared documents. */
  readonly openRoom: RoomEnds["open"];
  /** Null until the engine has told it. */
  readonly status: () => Status | null;
  readonly state: () => EngineState;
  /** Calls back at every change of status or state. */
  readonly listen: (listener: () => void) => () => void;
  readonly close: () => void;
};

export function openRemoteDevice(options: RemoteDeviceOptions): RemoteDevice {
  const listeners = new Set<() => void>();
  let now: Heard = { state: { type: "starting" }, status: null };
  const line = openLine(options, (change) => {
    now = { ...now, ...change };
    for (const listener of listeners) listener();
  });

  return {
    call: async <P extends Part, M extends Method<P>>(part: P, method: M, ...args: Args<P, M>) => {
      const isGone = now.state.type === "retired";
      const answer = isGone ? err({ type: "EngineGone" }) : await line.ask({ part, method, args });
      // The engine answers with what that command gives.
      return answer as AnswerTo<P, M>;
    },
    typing: (c) => line.note({ type: "typing", c }),
    watch: (accounts) => line.note({ type: "watch", accounts }),
    visible: (visible) => line.note({ type: "visible", visible }),
    network: (online) => line.note({ type: "network", online }),
    openRoom: line.openRoom,
    status: () => now.status,
    state: () => now.state,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: line.close,
  };
}

type Heard = { readonly state: EngineState; readonly status: Status | null };

type Line = {
  readonly ask: (call: Call) => Promise<Answer>;
  readonly note: (note: Note) => void;
  readonly openRoom: RoomEnds["open"];
  readonly close: () => void;
};

/** The connection to whatever engine there is, made again when it dies. */
function openLine(
  { tab, when, whenGone, dial, every }: RemoteDeviceOptions,
  tell: (change: Partial<Heard>) => void,
): Line {
  const asks = openAsks((id, call) => port?.post({ type: "ask", id, call }));
  const rooms = openRoomEnds((message) => state.type === "ready" && hasSent(port, message));
  /** The last of each kind that a new engine must be told again. */
  const lasting = new Map<Note["type"], Note>();
  let state: EngineState = { type: "starting" };
  let life: string | undefined;

  const enter = (next: EngineState): void => {
    state = next;
    if (next.type === "ready") asks.flush();
    tell({ state });
  };
  const hear = (message: ToTab): void => {
    pulse.beat();
    if (isSettled(asks, rooms, message)) return;
    if (message.type === "status") tell({ status: message.status });
    else if (message.type === "ready") lives(message.life);
    else enter(message);
  };
  const lives = (its: string): void => {
    if (life !== its)
      void whenGone(its).then(() => life === its && state.type !== "retired" && restart());
    life = its;
    enter({ type: "ready" });
  };
  const begin = (dialled: EnginePort): void => {
    asks.lose();
    life = undefined;
    if (state.type !== "starting") enter({ type: "starting" });
    rooms.lose();
    dialled.post({ type: "hello", tab });
    for (const note of lasting.values()) dialled.post({ type: "note", note });
  };
  const connect = (): void => {
    const dialled = dial(() => begin(dialled));
    port = dialled;
    dialled.listen(hear);
    begin(dialled);
  };
  const restart = (): void => {
    port?.close();
    connect();
  };
  const pulse = openPulse(every, (isAlive) => {
    if (state.type === "retired") return;
    if (isAlive) port?.post({ type: "ping" });
    else restart();
  });
  let port: EnginePort | undefined;
  void when.then(connect);

  return {
    ask: (call) => {
      const answer = asks.add(call);
      if (state.type === "ready") asks.flush();
      return answer;
    },
    note: (note) => {
      if (note.type !== "typing") lasting.set(note.type, note);
      port?.post({ type: "note", note });
    },
    openRoom: rooms.open,
    close: () => {
      pulse.stop();
      port?.close();
    },
  };
}

function hasSent(port: EnginePort | undefined, message: ToEngine): boolean {
  port?.post(message);
  return port !== undefined;
}

/** Whatever is about one call or one room goes there; the rest is about the engine as such. */
function isSettled(
  asks: OpenAsks,
  rooms: RoomEnds,
  message: ToTab,
): message is Exclude<ToTab, EngineState | { readonly type: "status" | "ready" }> {
  if (message.type === "taken") asks.taken(message.id);
  else if (message.type === "answer") asks.answered(message.id, message.answer);
  else if (message.type === "room") rooms.heard(message);
  if (message.type === "retired") asks.retire();
  return ["taken", "answer", "room", "pong"].includes(message.type);
}

type Pulse = { readonly beat: () => void; readonly stop: () => void };

/** Asks to ping, until PINGS_UNANSWERED_MAX had no `beat`; then says that nobody is alive. */
function openPulse(every: RemoteDeviceOptions["every"], look: (isAlive: boolean) => void): Pulse {
  let unanswered = 0;
  const stop = every(PING_MS, () => {
    const isAlive = unanswered < PINGS_UNANSWERED_MAX;
    unanswered = isAlive ? unanswered + 1 : 0;
    look(isAlive);
  });
  return {
    beat: () => {
      unanswered = 0;
    },
    stop,
  };
}
