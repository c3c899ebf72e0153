import { expect, test } from "vitest";

import {
  CLOSED_WITHOUT_WORD,
  type HttpRequest,
  REQUEST_TIMEOUT_MS,
  RESPONSE_BYTES_MAX,
  type Transport,
  type WireEvents,
} from "../../sync/transport/transport.ts";

/** The other end of one connection. */
export type Peer = {
  readonly received: Uint8Array[];
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly close: (code: number) => void;
  /** Ends without a word. */
  readonly drop: () => void;
};

/** A transport and what it reaches. */
export interface TransportRig extends AsyncDisposable {
  readonly transport: Transport;
  readonly socketUrl: string;
  readonly httpUrl: string;
  /** An origin where nobody listens: host and port. */
  readonly nobody: string;
  readonly peers: Peer[];
  /** What is done with HTTP requests from now on. */
  readonly answer: (answer: (request: Request) => Response | Promise<Response>) => void;
  /** Lets happen what is due. */
  readonly turn: () => Promise<void>;
  /** Moves the transport's own clock. */
  readonly passTime: (ms: number) => Promise<void>;
}

type Event = readonly [name: "open" | "message" | "close", detail?: unknown];

const UNREACHABLE = { ok: false, error: { type: "Unreachable" } };
const lengthsOf = (list: readonly Uint8Array[]): number[] => list.map((bytes) => bytes.length);

/** The contract of `sync/transport/transport.ts`, for whoever implements it. */
export function transportContract(name: string, openRig: () => Promise<TransportRig>): void {
  const listener = (): { readonly events: WireEvents; readonly heard: Event[] } => {
    const heard: Event[] = [];
    const events: WireEvents = {
      onOpen: () => heard.push(["open"]),
      onMessage: (bytes) => heard.push(["message", bytes]),
      onClose: (code) => heard.push(["close", code]),
    };
    return { events, heard };
  };
  const until = async (rig: TransportRig, isDone: () => boolean): Promise<void> => {
    while (!isDone()) await rig.turn();
  };
  const some = async (rig: TransportRig): Promise<void> => {
    for (let turns = 0; turns < 50; turns += 1) await rig.turn();
  };
  const connected = async (rig: TransportRig) => {
    const { events, heard } = listener();
    const wire = rig.transport.connect(rig.socketUrl, events);
    await until(rig, () => heard.length > 0 && rig.peers.length > 0);
    const peer = rig.peers.at(-1);
    if (peer === undefined) throw new Error("nobody answered");
    return { wire, heard, peer };
  };
  const get = (url: string): HttpRequest => ({ method: "GET", url, headers: {} });

  test(`[TR1] ${name} opens first, then carries whole messages in order, both ways`, async () => {
    await using rig = await openRig();
    const { wire, heard, peer } = await connected(rig);
    expect(heard).toEqual([["open"]]);
    const sizes = [1, 70_000, 3, 200 * 1024];
    for (const [fill, size] of sizes.entries()) {
      wire.send(new Uint8Array(size).fill(fill));
      peer.send(new Uint8Array(size).fill(fill));
    }
    await until(rig, () => heard.length === 5 && peer.received.length === 4);
    expect(lengthsOf(peer.received)).toEqual(sizes);
    const messages = heard.slice(1).map(([, bytes]) => bytes as Uint8Array);
    expect(lengthsOf(messages)).toEqual(sizes);
    expect(messages.map((bytes) => bytes[0])).toEqual([0, 1, 2, 3]);
    expect(peer.received.map((bytes) => bytes[0])).toEqual([0, 1, 2, 3]);
    expect(wire.bufferedAmount()).toBe(0);
  });

  test(`[TR2] ${name} says once and last that the peer is gone, and with which code`, async () => {
    await using rig = await openRig();
    const told = await connected(rig);
    told.peer.send(Uint8Array.of(1));
    told.peer.close(4409);
    await until(rig, () => told.heard.some(([event]) => event === "close"));
    await some(rig);
    expect(told.heard).toEqual([["open"], ["message", Uint8Array.of(1)], ["close", 4409]]);

    const untold = await connected(rig);
    untold.peer.drop();
    await until(rig, () => untold.heard.length > 1);
    await some(rig);
    expect(untold.heard).toEqual([["open"], ["close", CLOSED_WITHOUT_WORD]]);
  });

  test(`[TR3] ${name} says nothing after its own end, and may be closed twice`, async () => {
    await using rig = await openRig();
    const { wire, heard, peer } = await connected(rig);
    peer.send(Uint8Array.of(1));
    wire.close();
    wire.close(4400);
    peer.close(4409);
    await some(rig);
    expect(heard).toEqual([["open"]]);
    const early = listener();
    rig.transport.connect(rig.socketUrl, early.events).close();
    await some(rig);
    expect(early.heard).toEqual([]);
  });

  test(`[TR4] ${name} never calls before it answered, and never throws at an address`, async () => {
    await using rig = await openRig();
    for (const url of [`ws://${rig.nobody}`, "", "ws://[", "ftp://relay.example", "//"]) {
      const { events, heard } = listener();
      const wire = rig.transport.connect(url, events);
      expect(heard).toEqual([]);
      wire.send(Uint8Array.of(1));
      await until(rig, () => heard.length > 0);
      expect(heard).toEqual([["close", CLOSED_WITHOUT_WORD]]);
      expect(wire.bufferedAmount()).toBe(0);
    }
  });

  test(`[TR5] ${name} drops what is sent before it opens and after the end`, async () => {
    await using rig = await openRig();
    const { events, heard } = listener();
    const wire = rig.transport.connect(rig.socketUrl, events);
    wire.send(Uint8Array.of(1));
    await until(rig, () => heard.length > 0 && rig.peers.length > 0);
    wire.send(Uint8Array.of(2));
    await until(rig, () => rig.peers[0]?.received.length === 1);
    rig.peers[0]?.close(1000);
    await until(rig, () => heard.length > 1);
    wire.send(Uint8Array.of(3));
    await some(rig);
    expect(rig.peers[0]?.received).toEqual([Uint8Array.of(2)]);
  });

  test(`[TR7] ${name} answers a request with whatever status and body came`, async () => {
    await using rig = await openRig();
    rig.answer(async (request) => {
      const said = [request.method, new URL(request.url).pathname, request.headers.get("x-a")];
      const body = JSON.stringify([...said, await request.text()]);
      return new Response(body, { status: request.method === "PUT" ? 507 : 200 });
    });
    const headers = { "content-type": "application/json", "x-a": "b" };
    const put: HttpRequest = { method: "PUT", url: `${rig.httpUrl}/v1/x`, headers, body: "é" };
    expect(await asked(rig, put)).toEqual({
      ok: true,
      value: { status: 507, body: '["PUT","/v1/x","b","é"]' },
    });
    expect(await asked(rig, get(`${rig.httpUrl}/`))).toEqual({
      ok: true,
      value: { status: 200, body: '["GET","/",null,""]' },
    });
    rig.answer(() => new Response(null, { status: 204 }));
    expect(await asked(rig, get(rig.httpUrl))).toEqual({
      ok: true,
      value: { status: 204, body: "" },
    });
  });

  test(`[TR7] ${name} takes no answer, too long an answer and a malformed address for unreachable`, async () => {
    await using rig = await openRig();
    for (const url of [`http://${rig.nobody}/`, "", "http://["]) {
      expect(await asked(rig, get(url))).toEqual(UNREACHABLE);
    }
    const full = "x".repeat(RESPONSE_BYTES_MAX);
    rig.answer(() => new Response(full));
    expect(await asked(rig, get(rig.httpUrl))).toMatchObject({ ok: true, value: { body: full } });
    rig.answer(() => new Response(`${full}x`));
    expect(await asked(rig, get(rig.httpUrl))).toEqual(UNREACHABLE);

    let isAsked = false;
    const { promise, resolve } = Promise.withResolvers<Response>();
    rig.answer(() => {
      isAsked = true;
      return promise;
    });
    const pending = rig.transport.request(get(rig.httpUrl));
    await until(rig, () => isAsked);
    await rig.passTime(REQUEST_TIMEOUT_MS);
    expect(await pending).toEqual(UNREACHABLE);
    resolve(new Response(""));
    await some(rig);
  });

  test(`[TR13] ${name} brings bytes up and down as they are, and no more than are wanted`, async () => {
    await using rig = await openRig();
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    rig.answer(async (request) => new Response(await request.arrayBuffer()));
    const patch: HttpRequest = {
      method: "PATCH",
      url: `${rig.httpUrl}/v1/x`,
      headers: {},
      body: every.subarray(0, 128),
    };
    const text = new TextDecoder().decode(every.subarray(0, 128));
    expect(await asked(rig, patch)).toEqual({ ok: true, value: { status: 200, body: text } });

    const downloaded = async (url: string, bytesMax: number): Promise<unknown> => {
      let answer: unknown = null;
      void rig.transport.download(url, bytesMax).then((it) => (answer = it));
      await until(rig, () => answer !== null);
      return answer;
    };
    rig.answer(() => new Response(every, { status: 203 }));
    const value = { status: 203, bytes: every };
    expect(await downloaded(rig.httpUrl, 256)).toEqual({ ok: true, value });
    expect(await downloaded(rig.httpUrl, 255)).toEqual(UNREACHABLE);
    expect(await downloaded(`http://${rig.nobody}/`, 256)).toEqual(UNREACHABLE);
  });

  async function asked(rig: TransportRig, request: HttpRequest): Promise<unknown> {
    let answer: unknown = null;
    void rig.transport.request(request).then((it) => (answer = it));
    await until(rig, () => answer !== null);
    return answer;
  }
}
