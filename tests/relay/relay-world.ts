/**
 * The relay's core under a held clock: people with keys, sockets in memory, HTTP without a port. Time
 * passes only when a test says so.
 */
import type { Hono } from "hono";

import { toBase64url } from "../../crypto/base/base64url.ts";
import {
  envelopeIdOf,
  mailboxIdOf,
  relayAuthParts,
  relayHttpParts,
  tokenHashOf,
} from "../../crypto/public/relay-ids.ts";
import { signKeyPairOf, signLabelled } from "../../crypto/sign.ts";
import { BlobDepot } from "../../relay/blobs/blob-depot.ts";
import { openMemoryBlobFiles } from "../../relay/blobs/memory-blob-files.ts";
import { LOOPBACK } from "../../relay/client-address.ts";
import { httpApp } from "../../relay/http/http-app.ts";
import { DEFAULT_SETTINGS } from "../../relay/limits.ts";
import type { Connection, Timers } from "../../relay/ports.ts";
import { openRelay, type Relay, type RelayOptions } from "../../relay/relay.ts";
import { openMemoryStore } from "../../relay/store/memory-store.ts";
import type { Store } from "../../relay/store/store.ts";
import { decodeBatch, encodeFrames, type Frame, type FrameType } from "../../sync/wire/frames.ts";
import { AUTHORIZATION_SCHEME, PATHS, type TokenClass } from "../../sync/wire/http.ts";
import { idOf, type MailboxId, type RelayId, type Token, type Topic } from "../../sync/wire/ids.ts";
import type { PutFrame } from "../../sync/wire/put-frame.ts";

export const START_MS = 1_800_000_000_000;
export const DAY_MS = 86_400_000;

export type FrameOf<Type extends FrameType> = Extract<Frame, { readonly type: Type }>;

/** Bytes that tell tests apart, not secrets apart. */
export const filled = (length: number, value: number): Uint8Array =>
  new Uint8Array(length).fill(value);

export class TestSocket {
  readonly sent: Frame[] = [];
  closedWith: { readonly code: number; readonly reason: string } | null = null;
  /** What the socket claims to have unsent. */
  unsent = 0;
  readonly connection: Connection;

  constructor(relay: Relay) {
    this.connection = relay.connect({
      send: (bytes) => {
        const batch = decodeBatch(bytes);
        if (!batch.ok) throw new Error(`the relay sent ${batch.error.type}`);
        this.sent.push(...batch.value);
      },
      close: (code, reason) => {
        this.closedWith = { code, reason };
      },
      bufferedAmount: () => this.unsent,
    });
  }

  send(...frames: readonly Frame[]): void {
    for (const batch of encodeFrames(frames)) this.connection.receive(batch);
  }

  /** Takes what has arrived of one type, and leaves the rest. */
  take<Type extends FrameType>(type: Type): readonly FrameOf<Type>[] {
    const taken = this.sent.filter((frame): frame is FrameOf<Type> => frame.type === type);
    const left = this.sent.filter((frame) => frame.type !== type);
    this.sent.splice(0, this.sent.length, ...left);
    return taken;
  }
}

export type Person = {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly mailbox: MailboxId;
  readonly token: Token;
};

export type WorldOptions = {
  readonly relay?: Partial<RelayOptions>;
  readonly settings?: Partial<RelayOptions["settings"]>;
  /** Where HTTP requests come from that do not say it (x-forwarded-for). */
  readonly address?: string;
};

export type World = {
  readonly clock: { nowMs: number };
  readonly relay: Relay;
  readonly store: Store;
  readonly blobs: BlobDepot;
  readonly http: Hono;
  /** Everything that follows from what was said, without any time passing. */
  readonly settle: () => Promise<void>;
  readonly advance: (ms: number) => Promise<void>;
  readonly request: (method: string, path: string, parts?: RequestParts) => Promise<Response>;
  /** The header of a signed request with that body, dated now. */
  readonly signed: (
    method: string,
    path: string,
    text: string,
    by: Person,
  ) => Readonly<Record<string, string>>;
  /** Keys, and no mailbox. */
  readonly stranger: (value: number) => Person;
  /** With a mailbox here, and a token of their own for it. */
  readonly person: (value: number) => Promise<Person>;
  readonly grant: (person: Person, token: Uint8Array, tokenClass?: TokenClass) => Promise<Response>;
  readonly socket: () => Promise<TestSocket>;
  /** A socket with their mailbox open. */
  readonly online: (person: Person) => Promise<TestSocket>;
  readonly authOf: (welcome: FrameOf<"welcome">, person: Person) => Frame;
};

export function openWorld(options: WorldOptions = {}): World {
  const { relay: given = {}, settings = {}, address = LOOPBACK } = options;
  const clock = { nowMs: START_MS };
  const waiting: { atMs: number; work: (() => void) | null }[] = [];
  const timers: Timers = {
    after: (ms, work) => {
      const entry: (typeof waiting)[number] = { atMs: clock.nowMs + ms, work };
      waiting.push(entry);
      return () => {
        entry.work = null;
      };
    },
  };
  let chance = 0;
  const random = (bytes: number): Uint8Array => filled(bytes, (chance += 1));
  const relayId: RelayId = idOf("RelayId", filled(32, 0xee));
  const bounds = { ...DEFAULT_SETTINGS, ...settings };
  const store: Store =
    given.store ??
    openMemoryStore({
      incarnation: idOf("StoreIncarnation", filled(8, 1)),
      bounds: { ...bounds, hotPlacesMax: 10_000, hotShelvesMax: 10_000 },
    });
  const relay = openRelay({
    relayId,
    store,
    now: () => clock.nowMs,
    random,
    timers,
    turn: (work) => void setImmediate(work),
    settings: bounds,
    registration: "open",
    operatorTokenHash: null,
    pressure: () => 0,
    ...given,
  });
  const blobs = new BlobDepot({
    files: openMemoryBlobFiles(),
    store,
    commits: relay.commits,
    now: relay.now,
    random,
    count: relay.counters.add,
  });
  const http = httpApp({ relay, files: null, blobs, addressOf: (_, said) => said ?? address });

  const settle = async (): Promise<void> => {
    for (let round = 0; round < 6; round += 1) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  };
  const advance = async (ms: number): Promise<void> => {
    const untilMs = clock.nowMs + ms;
    for (;;) {
      await settle();
      const next = waiting
        .filter((it) => it.work !== null && it.atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      waiting.splice(waiting.indexOf(next), 1);
      clock.nowMs = Math.max(clock.nowMs, next.atMs);
      next.work?.();
    }
    clock.nowMs = untilMs;
  };

  const request = async (
    method: string,
    path: string,
    { body, by, headers = {} }: RequestParts = {},
  ): Promise<Response> => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const signature = by === undefined ? {} : signed(method, path, text, by);
    const done = http.request(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...signature,
        ...headers,
      },
      ...(body === undefined ? {} : { body: text }),
    });
    return done;
  };
  const signed: World["signed"] = (method, path, text, by) => {
    const dateMs = clock.nowMs;
    const body = new TextEncoder().encode(text);
    const parts = relayHttpParts({ relayId, method, path, dateMs, body });
    const signature = signLabelled(by.seed, "relay/http", ...parts);
    const claim = `${toBase64url(by.mailbox)}.${dateMs}.${toBase64url(signature)}`;
    return { authorization: `${AUTHORIZATION_SCHEME} ${claim}` };
  };

  const stranger = (value: number): Person => {
    const seed = filled(32, value);
    const { publicKey } = signKeyPairOf(seed);
    const mailbox = idOf("MailboxId", mailboxIdOf(publicKey, relayId));
    return { seed, publicKey, mailbox, token: idOf("Token", filled(16, value)) };
  };
  const grant = async (
    person: Person,
    token: Uint8Array,
    tokenClass: TokenClass = "contact",
  ): Promise<Response> =>
    request("PUT", PATHS.tokens, {
      by: person,
      body: {
        tokens: [
          {
            hash: toBase64url(tokenHashOf(token)),
            class: tokenClass,
            label: toBase64url(token.subarray(0, 4)),
            push: false,
            expiresAtMs: clock.nowMs + 300 * DAY_MS,
          },
        ],
      },
    });
  const person = async (value: number): Promise<Person> => {
    const it = stranger(value);
    const body = { publicKey: toBase64url(it.publicKey) };
    const created = await request("POST", PATHS.mailboxes, { by: it, body });
    const granted = await grant(it, it.token);
    if (created.status !== 201 || granted.status !== 204) throw new Error("not registered");
    return it;
  };

  const socket = async (): Promise<TestSocket> => {
    const it = new TestSocket(relay);
    await settle();
    return it;
  };
  const authOf = (welcome: FrameOf<"welcome">, it: Person): Frame => ({
    type: "auth",
    mailbox: it.mailbox,
    publicKey: idOf("MailboxKey", it.publicKey),
    signature: idOf(
      "AuthSignature",
      signLabelled(it.seed, "relay/auth", ...relayAuthParts(relayId, welcome.nonce, it.mailbox)),
    ),
  });
  const online = async (it: Person): Promise<TestSocket> => {
    const on = await socket();
    on.send(authOf(on.take("welcome")[0]!, it));
    await settle();
    return on;
  };

  return {
    clock,
    relay,
    store,
    blobs,
    http,
    settle,
    advance,
    request,
    signed,
    stranger,
    person,
    grant,
    socket,
    online,
    authOf,
  };
}

type RequestParts = {
  readonly body?: unknown;
  readonly by?: Person;
  readonly headers?: Readonly<Record<string, string>>;
};

let lastRequest = 0;

/** A PUT with `body` for these people, under the token each gave away first. */
export function putFor(
  to: readonly Pick<Person, "mailbox" | "token">[],
  body: Uint8Array,
  more: Partial<PutFrame> = {},
): PutFrame {
  lastRequest += 1;
  return {
    type: "put",
    request: lastRequest,
    envelope: idOf("EnvelopeId", envelopeIdOf(body)),
    isEphemeral: false,
    isUrgent: false,
    slot: null,
    ttlSeconds: 0,
    targets: to.map(({ mailbox, token }) => ({ mailbox, token })),
    body,
    ...more,
  };
}

export const topicOf = (value: number): Topic => idOf("Topic", filled(32, value));
