/**
 * The versions of the wire. Any change of a frame's bytes adds a line here and a new golden file
 * under tests/vectors/wire/; the old file must still pass while its version is served.
 *
 * | version | since | what changed    |
 * | ------: | ----- | --------------- |
 * |       1 | 0.1.0 | the first frames |
 */
export const WIRE_VERSION = 1;
/** The oldest version that is still spoken. */
export const WIRE_VERSION_MIN = 1;

/** What a WebSocket client offers in `Sec-WebSocket-Protocol`; the relay refuses any other. */
export const SUBPROTOCOL = "kith.1";
