/**
 * The way to a relay: a socket that carries whole binary messages, and plain HTTP requests. Knows
 * nothing of frames.
 *
 * Contract, run by tests/contract/transport.contract.ts against every implementation:
 *   [TR1] `onOpen` comes first; messages come whole, and in the order they were sent.
 *   [TR2] `onClose` comes once and last, also when the connection never opened, with the peer's
 *         code; an end without a code is `CLOSED_WITHOUT_WORD`.
 *   [TR3] After the client's own `close` nothing is called any more.
 *   [TR4] Nothing is called before `connect` returned, and neither `connect` nor `send` throws: an
 *         address that cannot be dialled closes with `CLOSED_WITHOUT_WORD`.
 *   [TR5] What is sent before `onOpen` or after the end is dropped.
 *   [TR7] `request` answers any status with its body, and `Unreachable` for everything else: no
 *         route, no answer in `REQUEST_TIMEOUT_MS`, a body over `RESPONSE_BYTES_MAX`.
 *   [TR13] `download` is the same for bytes, up to what the caller says, in `DOWNLOAD_TIMEOUT_MS`; a body
 *         of bytes arrives as it was given.
 */
import type { Result } from "../../crypto/base/result.ts";

/** From asking to the last byte of the body. */
export const REQUEST_TIMEOUT_MS = 20_000;
/** The largest answer is a rendezvous record in JSON. */
export const RESPONSE_BYTES_MAX = 64 * 1024;
/** The same for a blob, on a slow line. */
export const DOWNLOAD_TIMEOUT_MS = 120_000;
/** RFC 6455 section 7.4.1: never on the wire, it stands for an end that said nothing. */
export const CLOSED_WITHOUT_WORD = 1006;

export type WireEvents = {
  readonly onOpen: () => void;
  /** The array is the receiver's. */
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onClose: (code: number, reason: string) => void;
};

/** One connection. */
export interface Wire {
  /** The array is given away: nobody may change it afterwards. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** 1000 (the default) or 3000 to 4999: what a browser lets a page say. */
  readonly close: (code?: number) => void;
  /** Bytes that were sent and did not leave the device yet. */
  readonly bufferedAmount: () => number;
}

export type HttpRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
};
export type HttpAnswer = { readonly status: number; readonly body: string };
export type Download = { readonly status: number; readonly bytes: Uint8Array };
export type Unreachable = { readonly type: "Unreachable" };

export interface Transport {
  /** `url` is ws: or wss:. */
  readonly connect: (url: string, events: WireEvents) => Wire;
  readonly request: (request: HttpRequest) => Promise<Result<HttpAnswer, Unreachable>>;
  /** GET without any header. */
  readonly download: (url: string, bytesMax: number) => Promise<Result<Download, Unreachable>>;
}
