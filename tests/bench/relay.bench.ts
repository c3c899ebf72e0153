/**
 * A relay in a process of its own, on this machine: how fast it takes envelopes of 1 KB with durable
 * acknowledgement and gives them away again, what that costs it, and what an idle connection holds.
 * CPU seconds are the portable numbers; wall-clock figures compare only within one run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { ready } from "../../crypto/base/sodium.ts";
import { encodeFrames } from "../../sync/wire/frames.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { LivePerson, livePut, LiveSocket } from "../relay/live-client.ts";
import { type Figure, figure } from "./figure.ts";

const MESSAGES = 20_000;
const SENDERS = 8;
/** A socket may have 64 PUTs under way. */
const UNDER_WAY = 60;
const BODY_BYTES = 1_024;
const IDLE_SOCKETS = 2_000;
/** While these come V8's young generation grows to its full size, some 20 MB once, however many follow. */
const FIRST_SOCKETS = 2_000;
/** Under the 500 handshakes a second that a relay takes. */
const SOCKETS_AT_ONCE = 50;
const SOCKETS_PAUSE_MS = 125;
/** Of /proc/PID/stat; Linux has had this value for ever. */
const TICKS_PER_SECOND = 100;
const PAGE_KIB = 4;
const IDLE_KIB_BUDGET = 8;

type BenchRelay = AsyncDisposable & {
  readonly url: string;
  readonly cpuSeconds: () => Promise<number>;
  readonly residentKib: () => Promise<number>;
};

export async function figures(): Promise<readonly Figure[]> {
  await ready;
  await using relay = await startBenchRelay();
  const people = await Promise.all(
    Array.from({ length: SENDERS }, async (_, at) => {
      const person = await LivePerson.register(relay.url, new Uint8Array(32).fill(at + 1));
      await person.grant([tokenOf(at)]);
      return person;
    }),
  );
  const idle = await measured(relay, () => holdIdleSockets(relay));
  const accept = await measured(relay, () => putAll(people));
  const drain = await measured(relay, () => drainAll(people));
  const per100k = (seconds: number): number => (seconds * 100_000) / MESSAGES;
  return [
    figure("relay: accept 1 KB, fsynced", MESSAGES / accept.wallSeconds, "messages/s"),
    figure("relay: CPU of accepting 100,000", per100k(accept.cpuSeconds), "s"),
    figure("relay: drain 1 KB, acknowledged", MESSAGES / drain.wallSeconds, "messages/s"),
    figure("relay: CPU of draining 100,000", per100k(drain.cpuSeconds), "s"),
    figure("relay: memory of an idle socket", idle.value, "KiB", IDLE_KIB_BUDGET),
  ];
}

const tokenOf = (person: number) => idOf("Token", new Uint8Array(16).fill(person + 1));

async function measured<Value>(relay: BenchRelay, work: () => Promise<Value>) {
  const [cpuBefore, wallBefore] = [await relay.cpuSeconds(), performance.now()];
  const value = await work();
  const wallSeconds = (performance.now() - wallBefore) / 1_000;
  return { value, wallSeconds, cpuSeconds: (await relay.cpuSeconds()) - cpuBefore };
}

/** KiB that one more connection costs, welcomed and silent. */
async function holdIdleSockets(relay: BenchRelay): Promise<number> {
  const sockets: LiveSocket[] = [];
  const open = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += SOCKETS_AT_ONCE) {
      const pause = setTimeout(SOCKETS_PAUSE_MS);
      const opened = await Promise.all(
        Array.from({ length: SOCKETS_AT_ONCE }, () => LiveSocket.open(relay.url)),
      );
      await Promise.all(opened.map((socket) => socket.next("welcome")));
      sockets.push(...opened);
      await pause;
    }
  };
  // The first ones pay for what all share.
  await open(FIRST_SOCKETS);
  const before = await relay.residentKib();
  await open(IDLE_SOCKETS);
  const after = await relay.residentKib();
  for (const socket of sockets) socket.end();
  return (after - before) / IDLE_SOCKETS;
}

/** Each sender's share, `UNDER_WAY` at a time; done when all are acknowledged. */
async function putAll(people: readonly LivePerson[]): Promise<void> {
  await Promise.all(
    people.map(async (person, at) => {
      const targets = [{ mailbox: person.mailbox, token: tokenOf(at) }];
      const puts = Array.from({ length: MESSAGES / people.length }, (_, index) => {
        const body = new Uint8Array(BODY_BYTES);
        new DataView(body.buffer).setUint32(0, at * MESSAGES + index);
        return livePut(index + 1, targets, body);
      });
      const socket = await LiveSocket.open(person.url);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      let [sent, stored] = [0, 0];
      const send = (count: number): void => {
        const next = puts.slice(sent, sent + count);
        sent += next.length;
        for (const batch of encodeFrames(next)) socket.webSocket.send(batch);
      };
      socket.listen((frame) => {
        if (frame.type !== "ok") return;
        const [status] = frame.statuses;
        if (status?.status !== "stored") reject(new Error(`a PUT was ${status?.status}`));
        stored += 1;
        if (stored === puts.length) resolve();
        else if (sent - stored <= UNDER_WAY / 2) send(UNDER_WAY / 2);
      });
      send(UNDER_WAY);
      await promise;
      socket.end();
    }),
  );
}

async function drainAll(people: readonly LivePerson[]): Promise<void> {
  await Promise.all(
    people.map(async (person) => {
      const socket = await person.online();
      const { promise, resolve } = Promise.withResolvers<void>();
      let ids: number[] = [];
      const acknowledge = (): void => {
        if (ids.length > 0) socket.send({ type: "ack", mailboxIndex: 0, ids });
        ids = [];
      };
      socket.listen((frame) => {
        if (frame.type === "pong") resolve();
        if (frame.type === "msg") ids.push(frame.id);
        if (ids.length >= 64 || frame.type === "empty") acknowledge();
        if (frame.type === "empty") socket.send({ type: "ping", timeMs: 0, isHidden: false });
      });
      await promise;
      socket.end();
    }),
  );
}

async function startBenchRelay(): Promise<BenchRelay> {
  const folder = await mkdtemp(join(tmpdir(), "kith-bench-"));
  const probe = createServer().listen(0);
  await once(probe, "listening");
  const address = probe.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  probe.close();
  await once(probe, "close");
  const child = spawn(process.execPath, ["relay/main.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: `${port}`,
      KITH_DATA: folder,
      KITH_LOG: "quiet",
      KITH_TOKEN_PUTS_PER_SECOND: "1000000",
      KITH_TOKEN_KIB_PER_SECOND: "10000000",
      KITH_SOCKET_FRAMES_PER_SECOND: "1000000",
      KITH_MAILBOX_MESSAGES: "100000",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = `http://localhost:${port}`;
  let said = "";
  while (!said.split("\n").includes(url)) {
    const [text] = (await once(child.stdout, "data", {
      signal: AbortSignal.timeout(20_000),
    })) as [Buffer];
    said += String(text);
  }
  const proc = (file: string): Promise<string> => readFile(`/proc/${child.pid}/${file}`, "utf8");
  return {
    url,
    // Fields 14 and 15, counted behind the name in parentheses: user and system ticks.
    cpuSeconds: async () => {
      const fields = (await proc("stat")).replace(/^.*\) /u, "").split(" ");
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    residentKib: async () => Number((await proc("statm")).split(" ")[1]) * PAGE_KIB,
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
