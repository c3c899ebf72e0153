import { expect, test } from "vitest";

import { openMemoryTransport, type RelayDoor } from "../../../sync/transport/memory-transport.ts";
import { REQUEST_TIMEOUT_MS } from "../../../sync/transport/transport.ts";
import {
  type Peer,
  transportContract,
  type TransportRig,
} from "../../contract/transport.contract.ts";
import { HeldTimers } from "./held-timers.ts";

const HERE = "relay.example";

type MemoryRig = TransportRig & {
  readonly network: ReturnType<typeof openMemoryTransport>;
  readonly timers: HeldTimers;
  /** Connections that the relay was told are gone. */
  readonly gone: Peer[];
};

async function openRig(delayMs = (): number => 0): Promise<MemoryRig> {
  const timers = new HeldTimers();
  const peers: Peer[] = [];
  const gone: Peer[] = [];
  let answer: RelayDoor["fetch"] = () => new Response("");
  const door: RelayDoor = {
    fetch: (request) => answer(request),
    connect: (socket) => {
      const received: Uint8Array[] = [];
      const peer: Peer = {
        received,
        send: socket.send,
        close: (code) => socket.close(code, ""),
        drop: () => network.cut(),
      };
      peers.push(peer);
      return { receive: (bytes) => received.push(bytes), closed: () => gone.push(peer) };
    },
  };
  const relayAt = (origin: string): RelayDoor | undefined =>
    origin === `http://${HERE}` ? door : undefined;
  const network = openMemoryTransport({ relayAt, timers, delayMs });
  return {
    transport: network,
    network,
    timers,
    socketUrl: `ws://${HERE}/v1/socket`,
    httpUrl: `http://${HERE}`,
    nobody: "nobody.example:1",
    peers,
    gone,
    answer: (next) => {
      answer = next;
    },
    turn: () => timers.settle(),
    passTime: (ms) => timers.advance(ms),
    [Symbol.asyncDispose]: async () => network.cut(),
  };
}

transportContract("the memory transport", openRig);

const listen = (): {
  readonly heard: string[];
  readonly events: Parameters<MemoryRig["network"]["connect"]>[1];
} => {
  const heard: string[] = [];
  const events = {
    onOpen: () => void heard.push("open"),
    onMessage: (bytes: Uint8Array) => void heard.push(`message ${bytes[0]}`),
    onClose: (code: number) => void heard.push(`close ${code}`),
  };
  return { heard, events };
};

test("[TR8] messages keep their order whatever the delays are", async () => {
  const delays = [5, 90, 3, 50, 1, 0];
  const rig = await openRig(() => delays.shift() ?? 0);
  const { heard, events } = listen();
  rig.transport.connect(rig.socketUrl, events);
  await rig.timers.advance(5);
  for (const fill of [1, 2, 3]) rig.peers[0]!.send(Uint8Array.of(fill));
  await rig.timers.advance(100);
  expect(heard).toEqual(["open", "message 1", "message 2", "message 3"]);
});

test("[TR8] a cut loses what is on its way and tells both ends", async () => {
  const rig = await openRig(() => 10);
  const { heard, events } = listen();
  const wire = rig.transport.connect(rig.socketUrl, events);
  await rig.timers.advance(10);
  wire.send(Uint8Array.of(1));
  rig.peers[0]!.send(Uint8Array.of(2));
  await rig.timers.advance(5);
  rig.network.cut();
  await rig.timers.advance(100);
  expect(heard).toEqual(["open", "close 1006"]);
  expect(rig.peers[0]!.received).toEqual([]);
  expect(rig.gone).toEqual([rig.peers[0]]);
});

test("[TR8] a black hole swallows both ways and tells nobody, also when it is over", async () => {
  const rig = await openRig();
  const { heard, events } = listen();
  const wire = rig.transport.connect(rig.socketUrl, events);
  await rig.timers.settle();
  rig.network.setRoute("blackHole");
  wire.send(Uint8Array.of(1));
  const dialled = listen();
  rig.transport.connect(rig.socketUrl, dialled.events);
  let answer: unknown = null;
  const request = { method: "GET" as const, url: rig.httpUrl, headers: {} };
  void rig.transport.request(request).then((it) => (answer = it));
  await rig.timers.advance(REQUEST_TIMEOUT_MS - 1);
  rig.network.setRoute("up");
  rig.peers[0]!.send(Uint8Array.of(2));
  wire.send(Uint8Array.of(3));
  await rig.timers.settle();
  expect([heard, dialled.heard, answer]).toEqual([["open"], [], null]);
  expect([rig.peers[0]!.received, rig.gone]).toEqual([[], []]);
  await rig.timers.advance(1);
  expect(answer).toEqual({ ok: false, error: { type: "Unreachable" } });
});

test("[TR8] nothing can be dialled while the way is down, and what was there breaks", async () => {
  const rig = await openRig();
  const before = listen();
  rig.transport.connect(rig.socketUrl, before.events);
  await rig.timers.settle();
  rig.network.setRoute("down");
  const during = listen();
  rig.transport.connect(rig.socketUrl, during.events);
  await rig.timers.settle();
  expect([before.heard, during.heard]).toEqual([["open", "close 1006"], ["close 1006"]]);
  expect(rig.peers).toHaveLength(1);
  rig.network.setRoute("up");
  const after = listen();
  rig.transport.connect(rig.socketUrl, after.events);
  await rig.timers.settle();
  expect(after.heard).toEqual(["open"]);
});

test("[TR8] a relay is told that a client closed", async () => {
  const rig = await openRig();
  const wire = rig.transport.connect(rig.socketUrl, listen().events);
  await rig.timers.settle();
  wire.close();
  await rig.timers.settle();
  expect(rig.gone).toEqual(rig.peers);
  expect(rig.timers.waiting).toBe(0);
});
