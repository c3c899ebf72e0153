/**
 * A refusal as bytes, for requests that never become one of Hono's: those that Node's parser does not
 * read, those that come too slowly, and handshakes. It says the same as problem.ts, and closes.
 */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

import { type Problem, PROBLEM_STATUS } from "../../sync/wire/http.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

/** Nothing when it was refused before, or is gone. */
export function refuse(
  socket: Duplex,
  it: Problem,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!socket.writable) return;
  const status = PROBLEM_STATUS[it.type];
  const body = JSON.stringify(it);
  const all = {
    connection: "close",
    "content-type": "application/problem+json",
    "content-length": `${Buffer.byteLength(body)}`,
    "cache-control": "no-store",
    ...(it.retryAfterMs === undefined
      ? {}
      : { "retry-after": `${Math.ceil(it.retryAfterMs / 1_000)}` }),
    ...SECURITY_HEADERS,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${lines.join("")}`;
  // What the other side still sends is not waited for.
  socket.end(`${head}\r\n${body}`, () => socket.destroy());
}
