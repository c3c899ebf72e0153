/**
 * Mozilla's push service on this machine, as stock Firefox speaks with it: a WebSocket for the browser,
 * https for relays. What a relay posts goes to the browser as it came.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

import { type PushMock, startPushMock } from "../relay/push/push-mock.ts";

export type Autopush = AsyncDisposable & {
  readonly mock: PushMock;
  /** Of Firefox. */
  readonly preferences: Readonly<Record<string, string | boolean>>;
};

export async function startAutopush(): Promise<Autopush> {
  let browser: WebSocket | undefined;
  const mock = await startPushMock(({ path, headers, body }) => {
    const notification = {
      messageType: "notification",
      channelID: path.split("/").at(-1),
      version: randomUUID(),
      data: body.toString("base64url"),
      headers: { encoding: headers["content-encoding"] },
    };
    browser?.send(JSON.stringify(notification));
  });
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  await once(server, "listening");
  server.on("connection", (socket) => {
    browser = socket;
    socket.on("message", (data: Buffer) => {
      const answer = answerTo(JSON.parse(data.toString()) as Said, mock.origin);
      if (answer !== null) socket.send(JSON.stringify(answer));
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    mock,
    preferences: {
      "dom.push.enabled": true,
      "dom.push.connection.enabled": true,
      "dom.push.serverURL": `ws://localhost:${port}/`,
      "dom.push.testing.allowInsecureServerURL": true,
      "dom.push.testing.ignorePermission": true,
      "dom.webnotifications.privateBrowsing.enabled": true,
      "alerts.useSystemBackend": false,
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await mock[Symbol.asyncDispose]();
    },
  };
}

type Said = {
  readonly messageType?: string;
  readonly uaid?: string;
  readonly channelID?: string;
};

function answerTo({ messageType, uaid, channelID }: Said, origin: string): object | null {
  switch (messageType) {
    case "hello":
      return {
        messageType,
        uaid: uaid === undefined || uaid === "" ? randomUUID().replaceAll("-", "") : uaid,
        status: 200,
        use_webpush: true,
        broadcasts: {},
      };
    case "register":
      return { messageType, channelID, status: 200, pushEndpoint: `${origin}/wpush/${channelID}` };
    case "unregister":
      return { messageType, channelID, status: 200 };
    case undefined:
    case "ping":
      return {};
    default:
      return null;
  }
}
