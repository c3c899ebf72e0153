/** Where the doors of a relay are. Relays are named by their origin (crypto/identity/relay-url.ts). */
import { PATHS } from "../wire/http.ts";

/** http becomes ws, https becomes wss. */
export const socketUrlOf = (origin: string): string =>
  `${origin.replace(/^http/, "ws")}${PATHS.socket}`;
