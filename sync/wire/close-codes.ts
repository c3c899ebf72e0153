/**
 * Why a relay closes a WebSocket, as RFC 6455 close codes (§7.4; 4000 and up are ours). The same table
 * stands in docs/protocol/wire.md. A client that sees a code it does not know backs off and retries.
 */
export const CLOSE = {
  /** The unauthenticated socket was idle, or the client asked for it. */
  normal: 1000,
  /** The relay stops; come back after GOAWAY's `afterMs`. */
  goingAway: 1001,
  /** Broken WebSocket framing: unmasked, reserved bits, fragmented control frame. */
  protocol: 1002,
  /** A text message. */
  textFrame: 1003,
  /** More fragments than a message may have. */
  policy: 1008,
  /** A message over `SOCKET_MESSAGE_BYTES_MAX`. */
  tooBig: 1009,
  /** Something went wrong inside the relay. Nothing acknowledged is lost. */
  internal: 1011,
  /** The client read too slowly; its mailbox is untouched. */
  slowReader: 4008,
  /** A frame that cannot be read, or that has no place here. */
  malformed: 4400,
  /** AUTH failed. */
  authFailed: 4401,
  /** No frame for `DEAD_VISIBLE_MS` or `DEAD_HIDDEN_MS`. */
  dead: 4408,
  /** The same mailbox was opened by a newer connection. */
  replaced: 4409,
  /** The mailbox was deleted. */
  gone: 4410,
  /** Far too many frames. */
  rate: 4429,
  /** The relay takes no new sockets: it is draining or full. */
  draining: 4503,
} as const;
export type CloseName = keyof typeof CLOSE;
