import type { Brand } from "../../../crypto/base/brand.ts";
import { mailboxIdOf } from "../../../crypto/public/relay-ids.ts";
import { signKeyPairOf } from "../../../crypto/sign.ts";
import { type Link, type LinkState, openLink } from "../../../sync/session/link.ts";
import type { LinkEvents, MailboxOwner } from "../../../sync/session/link.ts";
import type { PutRequest } from "../../../sync/session/link.ts";
import {
  type MemoryTransport,
  openMemoryTransport,
  type RelayDoor,
  type RelaySocket,
} from "../../../sync/transport/memory-transport.ts";
import {
  decodeBatch,
  encodeFrames,
  type Frame,
  type FrameType,
} from "../../../sync/wire/frames.ts";
import { ID_BYTES, type IdName, type MailboxId, type MailboxKey } from "../../../sync/wire/ids.ts";
import type { MsgFrame } from "../../../sync/wire/message-frames.ts";
import { HeldTimers } from "../transport/held-timers.ts";

export const URL_HERE = "https://relay.example";
export const bytesOf = (length: number, fill: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(length).fill(fill);
export const idOf = <Name extends IdName>(name: Name, fill: number): Brand<Uint8Array, Name> =>
  bytesOf(ID_BYTES[name], fill) as Uint8Array as Brand<Uint8Array, Name>;
export const RELAY_ID = idOf("RelayId", 7);

/** A relay whose words the test chooses. */
export class PlayedRelay implements RelayDoor {
  /** One list a connection, of all that its client said. */
  readonly heard: Frame[][] = [];
  /** Answers of HTTP requests, in turn. */
  fetch: (request: Request) => Response | Promise<Response> = () =>
    new Response("", { status: 404 });
  isGreeting = true;
  readonly #sockets: RelaySocket[] = [];
  readonly #gone = new Set<number>();

  readonly connect: RelayDoor["connect"] = (socket) => {
    const index = this.#sockets.push(socket) - 1;
    const frames: Frame[] = [];
    this.heard.push(frames);
    if (this.isGreeting) this.say(welcome());
    return {
      receive: (bytes) => {
        const decoded = decodeBatch(bytes);
        if (!decoded.ok) throw new Error(`the client sent ${decoded.error.type}`);
        frames.push(...decoded.value);
      },
      closed: () => void this.#gone.add(index),
    };
  };

  /** Connections that are still there. */
  get open(): number {
    return this.#sockets.length - this.#gone.size;
  }
  get dials(): number {
    return this.#sockets.length;
  }
  /** Of the newest connection. */
  said<Type extends FrameType>(type: Type): Extract<Frame, { type: Type }>[] {
    const frames = this.heard.at(-1) ?? [];
    return frames.filter((it): it is Extract<Frame, { type: Type }> => it.type === type);
  }
  /** On the newest connection, in one socket message. */
  say(...frames: readonly Frame[]): void {
    for (const batch of encodeFrames(frames)) this.sayBytes(batch);
  }
  sayBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#sockets.at(-1)?.send(bytes);
  }
  hangUp(code: number): void {
    const socket = this.#sockets.at(-1);
    if (socket === undefined) return;
    this.#gone.add(this.#sockets.length - 1);
    socket.close(code, "");
  }
}

export const welcome = (change: Partial<Extract<Frame, { type: "welcome" }>> = {}): Frame => ({
  type: "welcome",
  version: 1,
  relayId: RELAY_ID,
  storeInc: idOf("StoreIncarnation", 1),
  serverTimeMs: 1_700_000_000_000,
  nonce: idOf("Nonce", 9),
  limits: {
    bodyBytesMax: 128 * 1024,
    targetsMax: 512,
    windowMessages: 256,
    windowBytes: 1024 * 1024,
    heartbeatMs: 5_000,
  },
  load: 0,
  drainingInMs: 0,
  ...change,
});

export const authed = (pendingCount = 0): Frame => ({
  type: "authed",
  mailboxIndex: 0,
  pendingCount,
  pendingBytes: 0,
  quotaMessages: 10_000,
  quotaBytes: 1024,
});

export const msg = (id: number, change: Partial<MsgFrame> = {}): MsgFrame => ({
  type: "msg",
  mailboxIndex: 0,
  id,
  counter: id,
  isEphemeral: id === 0,
  isUrgent: false,
  isSlot: false,
  label: idOf("Label", 1),
  envelope: idOf("EnvelopeId", 2),
  body: bytesOf(3, id),
  ...change,
});

export const putOf = (bodyBytes = 10, targets = 1): PutRequest => ({
  envelope: idOf("EnvelopeId", 3),
  isEphemeral: false,
  isUrgent: false,
  slot: null,
  ttlSeconds: 0,
  targets: Array.from({ length: targets }, (_, i) => ({
    mailbox: idOf("MailboxId", i & 0xff),
    token: idOf("Token", 5),
  })),
  body: bytesOf(bodyBytes, 1),
});

export function ownerOf(fill: number): MailboxOwner {
  const seed = bytesOf(32, fill);
  const { publicKey } = signKeyPairOf(seed);
  const mailbox = mailboxIdOf(publicKey, RELAY_ID) as MailboxId;
  return { seed, mailbox, publicKey: publicKey as MailboxKey };
}

export type Stage = {
  readonly link: Link;
  readonly relay: PlayedRelay;
  readonly timers: HeldTimers;
  readonly network: MemoryTransport;
  readonly states: LinkState[];
  /** Everything that was called, oldest first. */
  readonly calls: (readonly [keyof LinkEvents, ...unknown[]])[];
  /** What `random` gives next: 0 is no wait, 255 nearly the whole. */
  jitter: number;
};

/** A link and a relay that the test plays. */
export function stage(kind: "owner" | "guest"): Stage {
  const relay = new PlayedRelay();
  const timers = new HeldTimers();
  const network = openMemoryTransport({ relayAt: () => relay, timers });
  const states: LinkState[] = [];
  const calls: (readonly [keyof LinkEvents, ...unknown[]])[] = [];
  const noting =
    (name: keyof LinkEvents) =>
    (...args: unknown[]): void =>
      void calls.push([name, ...args]);
  const it = { relay, timers, network, states, calls, jitter: 255 };
  const link = openLink({
    url: URL_HERE,
    relayId: RELAY_ID,
    owner: kind === "owner" ? ownerOf(4) : null,
    transport: network,
    timers,
    random: (bytes) => bytesOf(bytes, it.jitter),
    events: {
      onState: (state) => states.push(state),
      onWelcome: noting("onWelcome"),
      onAuthed: noting("onAuthed"),
      onMessages: noting("onMessages"),
      onEmpty: noting("onEmpty"),
      onTopic: noting("onTopic"),
      onWanted: noting("onWanted"),
      onClock: noting("onClock"),
      onMailboxFull: noting("onMailboxFull"),
    },
  });
  return Object.assign(it, { link });
}

/** The same, open. */
export async function openStage(kind: "owner" | "guest"): Promise<Stage> {
  const it = stage(kind);
  if (kind === "guest") it.link.subscribe([idOf("Topic", 0xee)]);
  await it.timers.settle();
  if (kind === "owner") {
    it.relay.say(authed());
    await it.timers.settle();
  } else {
    it.link.unsubscribe([idOf("Topic", 0xee)]);
    await it.timers.settle();
  }
  if (it.link.state().type !== "open") throw new Error(`not open: ${it.link.state().type}`);
  return it;
}
