/**
 * The transport of browsers, workers and Node: their WebSocket and their fetch, given as arguments.
 * The only code of sync/ behind which there is a network. Requests carry no cookie, no referrer and
 * follow no redirect.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Timers } from "../clock/timers.ts";
import { CLOSE } from "../wire/close-codes.ts";
import { SUBPROTOCOL } from "../wire/version.ts";
import { readBody, readBytes } from "./bounded-body.ts";
import {
  CLOSED_WITHOUT_WORD,
  type Download,
  DOWNLOAD_TIMEOUT_MS,
  type HttpAnswer,
  type HttpRequest,
  REQUEST_TIMEOUT_MS,
  RESPONSE_BYTES_MAX,
  type Transport,
  type Unreachable,
  type Wire,
  type WireEvents,
} from "./transport.ts";

export type SocketTransportOptions = {
  readonly WebSocket: typeof WebSocket;
  readonly fetch: typeof fetch;
  readonly timers: Timers;
};

export const openSocketTransport = (options: SocketTransportOptions): Transport => ({
  connect: (url, events) => connect(options.WebSocket, url, events),
  request: (request) => send(options, request),
  download: (url, bytesMax) => download(options, url, bytesMax),
});

const DEAD_WIRE: Wire = {
  send: () => undefined,
  close: () => undefined,
  bufferedAmount: () => 0,
};

function connect(Socket: typeof WebSocket, url: string, events: WireEvents): Wire {
  const socket = dial(Socket, url);
  if (socket === null) {
    queueMicrotask(() => events.onClose(CLOSED_WITHOUT_WORD, "cannot be dialled"));
    return DEAD_WIRE;
  }
  let isLive = true;
  const end = (code: number, reason: string): void => {
    if (!isLive) return;
    isLive = false;
    events.onClose(code, reason);
  };
  socket.binaryType = "arraybuffer";
  // A server that does not choose our protocol never gets here (WHATWG WebSockets, "establish").
  socket.addEventListener("open", () => events.onOpen());
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) return events.onMessage(new Uint8Array(data));
    socket.close(CLOSE.malformed);
    end(CLOSE.textFrame, "a text message");
  });
  // An "error" event says nothing more than the "close" event that follows it.
  socket.addEventListener("close", ({ code, reason }) => end(code, reason));
  return {
    send: (bytes) => {
      if (isLive && socket.readyState === Socket.OPEN) socket.send(bytes);
    },
    close: (code = CLOSE.normal) => {
      isLive = false;
      socket.close(code);
    },
    bufferedAmount: () => socket.bufferedAmount,
  };
}

/** The constructor throws at malformed addresses, and at ws: from a page of https:. */
function dial(Socket: typeof WebSocket, url: string): WebSocket | null {
  try {
    return new Socket(url, [SUBPROTOCOL]);
  } catch {
    return null;
  }
}

async function send(
  options: SocketTransportOptions,
  { method, url, headers, body }: HttpRequest,
): Promise<Result<HttpAnswer, Unreachable>> {
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  return await exchange(options, url, init, REQUEST_TIMEOUT_MS, async (response) => {
    const text = await readBody(response, RESPONSE_BYTES_MAX);
    return text === null ? null : { status: response.status, body: text };
  });
}

const download = (
  options: SocketTransportOptions,
  url: string,
  bytesMax: number,
): Promise<Result<Download, Unreachable>> =>
  exchange(options, url, { method: "GET" }, DOWNLOAD_TIMEOUT_MS, async (response) => {
    const bytes = await readBytes(response, bytesMax);
    return bytes === null ? null : { status: response.status, bytes };
  });

/** `read`: null when the body is none that is wanted. */
async function exchange<Answer>(
  { fetch, timers }: SocketTransportOptions,
  url: string,
  init: RequestInit,
  timeoutMs: number,
  read: (response: Response) => Promise<Answer | null>,
): Promise<Result<Answer, Unreachable>> {
  const abort = new AbortController();
  const cancel = timers.after(timeoutMs, () => abort.abort());
  try {
    const response = await fetch(url, {
      ...init,
      signal: abort.signal,
      redirect: "error",
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
    });
    const answer = await read(response);
    return answer === null ? err({ type: "Unreachable" }) : ok(answer);
  } catch {
    return err({ type: "Unreachable" });
  } finally {
    cancel();
  }
}
