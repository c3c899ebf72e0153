/**
 * A way for messages between a tab and the engine. Where there is a SharedWorker it is a
 * MessagePort; elsewhere the engine is a plain worker of one tab, and everybody speaks over a
 * BroadcastChannel. [APO1] A tab hears what is for it alone. [APO2] Tabs learn that another engine
 * has started.
 */

export interface Port<Out, In> {
  readonly post: (message: Out) => void;
  /** The one listener; messages that came before it was given are not lost on a MessagePort. */
  readonly listen: (listener: (message: In) => void) => void;
  readonly close: () => void;
}

export function portOf<Out, In>(port: MessagePort): Port<Out, In> {
  return {
    post: (message) => port.postMessage(message),
    listen: (listener) => {
      port.addEventListener("message", ({ data }: MessageEvent<In>) => listener(data));
      port.start();
    },
    close: () => port.close(),
  };
}

/** `to: null` is for the engine; `from: null` and `to: null` together: an engine has just started. */
type Broadcast<Body> = {
  readonly from: string | null;
  readonly to: string | null;
  readonly body: Body | null;
};

/** One a build, so that tabs and engines of different builds never misunderstand each other. */
export const doorName = (workerUrl: string): string =>
  `kith-door ${new URL(workerUrl, location.origin).pathname}`;

/** Tabs of one browser profile; more than this are not served until others close. */
const BROADCAST_TABS_MAX = 256;

/** A tab's end. `onEngine` is called when an engine starts: whoever served before is gone. */
export function dialBroadcast<Out, In>(
  name: string,
  tab: string,
  onEngine: () => void,
): Port<Out, In> {
  const channel = new BroadcastChannel(name);
  let listener: ((message: In) => void) | undefined;
  channel.addEventListener("message", ({ data }: MessageEvent<Broadcast<In>>) => {
    if (data.from === null && data.to === null) onEngine();
    else if (data.to === tab && data.body !== null) listener?.(data.body);
  });
  return {
    post: (body) => channel.postMessage({ from: tab, to: null, body }),
    listen: (given) => {
      listener = given;
    },
    close: () => channel.close(),
  };
}

/** The engine's end: a port for each tab that speaks. Says that it is there; answers what ends it. */
export function acceptBroadcast<Out, In>(
  name: string,
  onPort: (port: Port<Out, In>) => void,
): () => void {
  const channel = new BroadcastChannel(name);
  const listeners = new Map<string, (message: In) => void>();
  channel.addEventListener("message", ({ data }: MessageEvent<Broadcast<In>>) => {
    const { from: tab, to, body } = data;
    if (tab === null || to !== null || body === null) return;
    if (!listeners.has(tab)) {
      if (listeners.size >= BROADCAST_TABS_MAX) return;
      listeners.set(tab, () => undefined);
      onPort({
        post: (answer) => channel.postMessage({ from: null, to: tab, body: answer }),
        listen: (listener) => void listeners.set(tab, listener),
        close: () => void listeners.delete(tab),
      });
    }
    listeners.get(tab)?.(body);
  });
  channel.postMessage({ from: null, to: null, body: null });
  return () => channel.close();
}
