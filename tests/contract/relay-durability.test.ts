/** What a relay acknowledged is there, whatever happens to its process or to its disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { PutStatusName } from "../../sync/wire/ok-frame.ts";
import { startRelay } from "../e2e/relay-process.ts";
import { LivePerson, livePut, LiveSocket } from "../relay/live-client.ts";
import { canTrace, FAST, hasStruck, relayUnder } from "./faulty-relay.ts";

beforeAll(() => ready);

const KILLS = 20;
const PUTS_UNDER_WAY = 60;
/**
 * The sync that fails. A new relay, a mailbox and a token take 29; the rest are so many that what is
 * acknowledged has reached us, however late we are to read it.
 */
const STRIKES_AT = 200;

const token = idOf("Token", new Uint8Array(16).fill(9));
const seed = (value: number): Uint8Array => new Uint8Array(32).fill(value);
let lastBody = 0;
/** 1 KB, never twice the same. */
function newBody(): Uint8Array {
  const body = new Uint8Array(1_024);
  new DataView(body.buffer).setUint32(0, (lastBody += 1));
  return body;
}

type Sending = {
  /** Hex of the envelopes that the relay answered `stored` or `duplicate`. */
  readonly acknowledged: Set<string>;
  readonly statuses: Map<PutStatusName, number>;
  /** Settles when so many were answered, or the socket closed. */
  readonly answered: (count: number) => Promise<void>;
};

/** Keeps `PUTS_UNDER_WAY` PUTs under way to these people until the socket closes. */
function sendOn(socket: LiveSocket, people: readonly LivePerson[]): Sending {
  const acknowledged = new Set<string>();
  const statuses = new Map<PutStatusName, number>();
  const envelopeOf = new Map<number, string>();
  let [request, answers] = [0, 0];
  let wanted: { readonly count: number; readonly resolve: () => void } | null = null;
  socket.webSocket.once("close", () => wanted?.resolve());
  const targets = people.map(({ mailbox }) => ({ mailbox, token }));
  const send = (): void => {
    const put = livePut((request += 1), targets, newBody());
    envelopeOf.set(put.request, toHex(put.envelope));
    socket.send(put);
  };
  socket.listen((frame) => {
    if (frame.type !== "ok") return;
    for (const { status } of frame.statuses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const isDone = frame.statuses.every(
      (it) => it.status === "stored" || it.status === "duplicate",
    );
    const envelope = envelopeOf.get(frame.request);
    if (isDone && envelope !== undefined) acknowledged.add(envelope);
    answers += 1;
    if (wanted !== null && answers >= wanted.count) wanted.resolve();
    send();
  });
  for (let count = 0; count < PUTS_UNDER_WAY; count += 1) send();
  return {
    acknowledged,
    statuses,
    answered: async (count) => {
      if (answers >= count || socket.webSocket.readyState !== socket.webSocket.OPEN) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      wanted = { count, resolve };
      await promise;
    },
  };
}

/** Everything that waits, in order; it is acknowledged, and the acknowledgement has arrived. */
async function drain(person: LivePerson): Promise<readonly string[]> {
  const socket = await person.online();
  const envelopes: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.listen((frame) => {
    if (frame.type === "pong") resolve();
    if (frame.type === "empty") socket.send({ type: "ping", timeMs: 0, isHidden: false });
    if (frame.type !== "msg") return;
    envelopes.push(toHex(frame.envelope));
    socket.send({ type: "ack", mailboxIndex: 0, ids: [frame.id] });
  });
  await promise;
  socket.end();
  return envelopes;
}

test(
  `[DU1] loses nothing that it acknowledged in ${KILLS} kill -9 under load, and gives no id twice`,
  { timeout: 120_000 },
  async () => {
    await using relay = await startRelay(FAST);
    const people = [
      await LivePerson.register(relay.url, seed(1)),
      await LivePerson.register(relay.url, seed(2)),
    ];
    for (const person of people) await person.grant([token]);
    for (let round = 0; round < KILLS; round += 1) {
      const socket = await LiveSocket.open(relay.url);
      const reader = round % 2 === 0 ? null : await people[0]!.online();
      const read = new Set<string>();
      if (reader !== null) {
        reader.listen((frame) => {
          if (frame.type !== "msg") return;
          read.add(toHex(frame.envelope));
          reader.send({ type: "ack", mailboxIndex: 0, ids: [frame.id] });
        });
      }
      const sending = sendOn(socket, people);
      await sending.answered(100 + 37 * round);
      await relay.kill();
      await relay.start();
      for (const [index, person] of people.entries()) {
        const found = await drain(person);
        expect(new Set(found).size).toBe(found.length);
        const known = new Set(index === 0 ? [...found, ...read] : found);
        const lost = [...sending.acknowledged].filter((envelope) => !known.has(envelope));
        expect([round, lost]).toEqual([round, []]);
      }
    }
    // An acknowledgement that has arrived is committed a little later.
    const status = async (): Promise<unknown> =>
      await (await fetch(`${relay.url}/status.json`)).json();
    await expect.poll(status, { timeout: 20_000 }).toMatchObject({ mailboxes: 2, messages: 0 });
  },
);

test.skipIf(!canTrace).each([
  ["fails to sync from some moment on", `error=EIO:when=${STRIKES_AT}+`],
  ["fails to sync now and then", `error=EIO:when=${STRIKES_AT}+7`],
  ["dies in the middle of a sync", `signal=SIGKILL:when=${STRIKES_AT}`],
])(
  "[DU2] loses nothing that it acknowledged when its disk %s",
  { timeout: 60_000 },
  async (_, inject) => {
    const folder = mkdtempSync(join(tmpdir(), "kith-strace-"));
    try {
      const faulty = await relayUnder(inject, folder);
      const alice = await LivePerson.register(faulty.url, seed(1));
      await alice.grant([token]);
      const socket = await LiveSocket.open(faulty.url);
      const sending = sendOn(socket, [alice]);
      // Until the fault has struck, and somewhat beyond.
      for (let answers = 200; answers < 20_000 && !hasStruck(faulty.trace()); answers += 200) {
        await sending.answered(answers);
      }

      const closed = socket.closed();
      faulty.kill();
      await closed;
      expect(hasStruck(faulty.trace())).toBe(true);
      expect(sending.acknowledged.size).toBeGreaterThan(0);

      await using relay = await startRelay({ ...FAST, KITH_DATA: join(folder, "data") });
      const again = await LivePerson.register(relay.url, seed(1));
      const found = new Set(await drain(again));
      expect([...sending.acknowledged].filter((envelope) => !found.has(envelope))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
