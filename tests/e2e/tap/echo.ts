/**
 * A server that says back what it is told, over HTTP and WebSocket: what a tap in front of it must
 * hear is known. Its worker sends what a page gives it, and gives back what came.
 */
import { once } from "node:events";
import { createServer } from "node:http";

import { WebSocketServer } from "ws";

const PAGE = "<!doctype html><title>echo</title>";
const WORKER = `
  onconnect = ({ ports: [port] }) => {
    port.onmessage = ({ data }) => {
      const socket = new WebSocket("/socket");
      socket.binaryType = "arraybuffer";
      socket.onopen = () => socket.send(data);
      socket.onmessage = () => { port.postMessage("echoed"); socket.close(); };
    };
  };
`;

export type Echo = AsyncDisposable & { readonly port: number };

export async function startEcho(): Promise<Echo> {
  const server = createServer((asked, answer) => {
    if (asked.url?.startsWith("/echo") === true) asked.pipe(answer);
    else if (asked.url === "/worker.js") {
      answer.setHeader("content-type", "text/javascript").end(WORKER);
    } else answer.setHeader("content-type", "text/html").end(PAGE);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => {
    socket.on("message", (message) => socket.send(message));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
