/** Tabs of one device: the stock WebsocketProvider on a socket that leads to a room. */
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

import type { RoomClosed } from "../../../sync/rooms/room-closed.ts";
import type { Room, Tab } from "../../../sync/rooms/room.ts";

export type EditorTab = {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  readonly text: Y.Text;
  readonly closedWith: () => RoomClosed | undefined;
  readonly close: () => void;
};

/** What a browser's WebSocket is to the provider. Frames arrive in a later microtask, as they do there. */
export function openTab(room: () => Room): EditorTab {
  let closedWith: RoomClosed | undefined;
  const doc = new Y.Doc();
  doc.clientID = room().newClient();

  class RoomSocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    readonly OPEN = 1;
    readyState = 0;
    binaryType = "";
    onopen: ((event: object) => void) | null = null;
    onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    readonly #tab: Tab | undefined;

    constructor() {
      const tab = room().attach(
        {
          frame: (bytes) => {
            const { buffer } = bytes.slice();
            queueMicrotask(() => this.onmessage?.({ data: buffer }));
          },
          close: (code) => {
            closedWith = code;
            this.readyState = 3;
            queueMicrotask(() => this.onclose?.({ code, reason: "" }));
          },
        },
        doc.clientID,
      );
      this.#tab = typeof tab === "number" ? undefined : tab;
      queueMicrotask(() => {
        this.readyState = 1;
        this.onopen?.({});
      });
    }

    send(bytes: Uint8Array): void {
      this.#tab?.frame(bytes);
    }

    close(): void {
      this.readyState = 3;
      this.#tab?.closed();
    }
  }

  const provider = new WebsocketProvider("local://rooms", "notes", doc, {
    WebSocketPolyfill: RoomSocket as unknown as typeof WebSocket,
    disableBc: true,
  });
  return {
    doc,
    provider,
    text: doc.getText("text"),
    closedWith: () => closedWith,
    close: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

/** Until every microtask that is due has run. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};
