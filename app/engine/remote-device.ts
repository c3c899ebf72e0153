/**
 * The tab's side of the door: the device as a tab may use it. Whatever happens to the engine, every
 * call settles.
 *
 * [RD1] Asks made before the engine is ready go out when it is. [RD2] An engine that answers no ping
 * is given up: what was asked of it settles as `EngineGone`, and a new one is dialled and told
 * everything it must know (which accounts are watched, whether the person is here). [RD3] Never more
 * than ASKS_OUTSTANDING_MAX asks are open: the next is `EngineBusy`. [RD4] An engine that a newer
 * build has retired is asked nothing any more. [RD5] What the device answers comes as it is.
 */
import { err } from "../../crypto/base/result.ts";
import type { Status } from "../../sync/device.ts";
import type { Hex } from "../../sync/store/rows.ts";
import type { Answers, Ask, Note, OpenFailure, ToEngine, ToTab } from "./messages.ts";
import { openAsks } from "./open-asks.ts";
import type { Port } from "./port.ts";

export type EngineState =
  | { readonly type: "starting" }
  | { readonly type: "ready" }
  | { readonly type: "notOpened"; readonly failure: OpenFailure }
  | { readonly type: "retired" };

type EnginePort = Port<ToEngine, ToTab>;
type AskOf<T extends Ask["type"]> = Extract<Ask, { readonly type: T }>;

export type RemoteDeviceOptions = {
  readonly tab: string;
  /** Settles when the tab's lock is held: an engine that does not find it takes the tab for gone. */
  readonly held: Promise<void>;
  /** Reaches the engine, making one when there is none. `again`: call it when another one started. */
  readonly dial: (again: () => void) => EnginePort;
  /** Calls `tick` every so many ms; answers what ends it. */
  readonly every: (ms: number, tick: () => void) => () => void;
};

export const PING_MS = 5_000;
/** Sleep and long work in the engine cost a ping or two; a dead engine answers none. */
export const PINGS_UNANSWERED_MAX = 3;

export type RemoteDevice = {
  readonly ask: <T extends Ask["type"]>(ask: AskOf<T>) => Promise<Answers[T]>;
  readonly typing: (c: number) => void;
  readonly watch: (accounts: readonly Hex[]) => void;
  readonly visible: (visible: boolean) => void;
  readonly network: (online: boolean) => void;
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
    ask: async <T extends Ask["type"]>(ask: AskOf<T>) => {
      const gone = now.state.type === "retired";
      const answer = gone ? err({ type: "EngineGone" as const }) : await line.ask(ask);
      // The engine answers an ask with what that ask gives.
      return answer as Answers[T];
    },
    typing: (c) => line.note({ type: "typing", c }),
    watch: (accounts) => line.note({ type: "watch", accounts }),
    visible: (visible) => line.note({ type: "visible", visible }),
    network: (online) => line.note({ type: "network", online }),
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
  readonly ask: (ask: Ask) => Promise<Answers[Ask["type"]]>;
  readonly note: (note: Note) => void;
  readonly close: () => void;
};

/** The connection to whatever engine there is, made again when it dies. */
function openLine(
  { tab, held, dial, every }: RemoteDeviceOptions,
  tell: (change: Partial<Heard>) => void,
): Line {
  const asks = openAsks((id, ask) => port.post({ type: "ask", id, ask }));
  /** The last of each kind that a new engine must be told again. */
  const lasting = new Map<Note["type"], Note>();
  let state: EngineState = { type: "starting" };
  let unanswered = 0;

  const enter = (next: EngineState): void => {
    state = next;
    if (next.type === "ready") asks.flush();
    tell({ state });
  };
  const hear = (message: ToTab): void => {
    unanswered = 0;
    if (message.type === "answer") asks.answered(message.id, message.answer);
    else if (message.type === "status") tell({ status: message.status });
    else if (message.type !== "pong") enter(message);
    if (message.type === "retired") asks.lose();
  };
  const begin = (): void => {
    asks.lose();
    unanswered = 0;
    if (state.type !== "starting") enter({ type: "starting" });
    void greet(port);
  };
  const greet = async (greeted: EnginePort): Promise<void> => {
    await held;
    greeted.post({ type: "hello", tab });
    for (const note of lasting.values()) greeted.post({ type: "note", note });
  };
  const connect = (): EnginePort => {
    const made = dial(begin);
    made.listen(hear);
    return made;
  };
  const stop = every(PING_MS, () => {
    if (state.type === "retired") return;
    if (unanswered >= PINGS_UNANSWERED_MAX) {
      port.close();
      port = connect();
      begin();
    } else {
      unanswered += 1;
      port.post({ type: "ping" });
    }
  });
  let port = connect();
  begin();

  return {
    ask: (ask) => {
      const answer = asks.add(ask);
      if (state.type === "ready") asks.flush();
      return answer;
    },
    note: (note) => {
      if (note.type !== "typing") lasting.set(note.type, note);
      port.post({ type: "note", note });
    },
    close: () => {
      stop();
      port.close();
    },
  };
}
