/**
 * A push service on this machine: keeps what it was sent, and answers what a test says. Its certificate
 * is for localhost, and nobody trusts it but who is told to (localhost-certificate.pem).
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};
type Said = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type PushMock = AsyncDisposable & {
  readonly origin: string;
  readonly received: readonly Received[];
  answer: Said;
};

export const CERTIFICATE_PATH = join(import.meta.dirname, "localhost-certificate.pem");
const KEY_PATH = join(import.meta.dirname, "localhost-key.pem");

/** `hear` is told of each push, before it is answered. */
export async function startPushMock(
  hear: (push: Received) => void = () => undefined,
): Promise<PushMock> {
  const received: Received[] = [];
  const server = createServer(
    { key: readFileSync(KEY_PATH), cert: readFileSync(CERTIFICATE_PATH) },
    (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const { method = "", url = "", headers } = request;
        const push = { method, path: url, headers, body: Buffer.concat(parts) };
        received.push(push);
        hear(push);
        response.writeHead(mock.answer.status, mock.answer.headers);
        response.end(mock.answer.body);
      });
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const mock: PushMock = {
    origin: `https://localhost:${port}`,
    received,
    answer: { status: 201 },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return mock;
}
