/**
 * A client of a relay in another process: real sockets, real HTTP, real keys. For tests of the whole
 * program and for the bench; it keeps what arrives until somebody asks for it.
 */
import { once } from "node:events";

import { WebSocket } from "ws";

import { toBase64url } from "../../crypto/base/base64url.ts";
import {
  envelopeIdOf,
  mailboxIdOf,
  relayAuthParts,
  relayHttpParts,
  tokenHashOf,
} from "../../crypto/public/relay-ids.ts";
import { signKeyPairOf, signLabelled } from "../../crypto/sign.ts";
import { decodeBatch, encodeFrames, type Frame, type FrameType } from "../../sync/wire/frames.ts";
import { AUTHORIZATION_SCHEME, type Discovery, PATHS } from "../../sync/wire/http.ts";
import { idOf, type MailboxId, type RelayId, type Token } from "../../sync/wire/ids.ts";
import { TOKENS_PER_REQUEST_MAX } from "../../sync/wire/limits.ts";
import type { PutFrame } from "../../sync/wire/put-frame.ts";
import { SUBPROTOCOL } from "../../sync/wire/version.ts";

const WAIT_MAX_MS = 15_000;

type FrameOf<Type extends FrameType> = Extract<Frame, { readonly type: Type }>;
type Waiter = {
  readonly type: FrameType;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
};

export class LiveSocket {
  readonly webSocket: WebSocket;
  readonly #arrived: Frame[] = [];
  readonly #waiters: Waiter[] = [];
  #listener: ((frame: Frame) => void) | null = null;

  private constructor(url: string) {
    this.webSocket = new WebSocket(`${url.replace(/^http/u, "ws")}${PATHS.socket}`, SUBPROTOCOL);
    this.webSocket.on("message", (data: Buffer) => this.#receive(data));
    this.webSocket.on("error", () => undefined);
    this.webSocket.on("close", (code) => {
      for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error(`closed ${code}`));
    });
  }

  static async open(url: string): Promise<LiveSocket> {
    const socket = new LiveSocket(url);
    await once(socket.webSocket, "open", { signal: AbortSignal.timeout(WAIT_MAX_MS) });
    return socket;
  }

  send(...frames: readonly Frame[]): void {
    for (const batch of encodeFrames(frames)) this.webSocket.send(batch);
  }

  /** Hands over what has arrived, and from now on each frame as it comes. */
  listen(listener: (frame: Frame) => void): void {
    this.#listener = listener;
    for (const frame of this.#arrived.splice(0)) listener(frame);
  }

  /** The next frame of that type, from what has arrived or is still to come. */
  async next<Type extends FrameType>(type: Type): Promise<FrameOf<Type>> {
    const at = this.#arrived.findIndex((frame) => frame.type === type);
    const [known] = at === -1 ? [] : this.#arrived.splice(at, 1);
    if (known !== undefined) return known as FrameOf<Type>;
    const { promise, resolve, reject } = Promise.withResolvers<Frame>();
    this.#waiters.push({ type, resolve, reject });
    const late = setTimeout(() => reject(new Error(`no ${type} in time`)), WAIT_MAX_MS);
    return (await promise.finally(() => clearTimeout(late))) as FrameOf<Type>;
  }

  async closed(): Promise<number> {
    if (this.webSocket.readyState === WebSocket.CLOSED) return 0;
    const signal = AbortSignal.timeout(WAIT_MAX_MS);
    const [code] = (await once(this.webSocket, "close", { signal })) as [number];
    return code;
  }

  end(): void {
    this.webSocket.terminate();
  }

  #receive(data: Buffer): void {
    const batch = decodeBatch(new Uint8Array(data));
    if (!batch.ok) throw new Error(`the relay sent ${batch.error.type}`);
    for (const frame of batch.value) {
      if (this.#listener !== null) {
        this.#listener(frame);
        continue;
      }
      const at = this.#waiters.findIndex((waiter) => waiter.type === frame.type);
      const [waiter] = at === -1 ? [] : this.#waiters.splice(at, 1);
      if (waiter === undefined) this.#arrived.push(frame);
      else waiter.resolve(frame);
    }
  }
}

export class LivePerson {
  readonly url: string;
  readonly relayId: RelayId;
  readonly mailbox: MailboxId;
  readonly #seed: Uint8Array;
  readonly #publicKey: Uint8Array;

  private constructor(url: string, relayId: RelayId, seed: Uint8Array) {
    this.url = url;
    this.relayId = relayId;
    this.#seed = seed;
    this.#publicKey = signKeyPairOf(seed).publicKey;
    this.mailbox = idOf("MailboxId", mailboxIdOf(this.#publicKey, relayId));
  }

  /** With a mailbox at that relay. `more` goes into the registration. */
  static async register(url: string, seed: Uint8Array, more: object = {}): Promise<LivePerson> {
    const found = (await (await fetch(`${url}${PATHS.discovery}`)).json()) as Discovery;
    const relayId = idOf("RelayId", new Uint8Array(Buffer.from(found.relayId, "base64url")));
    const person = new LivePerson(url, relayId, seed);
    const publicKey = toBase64url(person.#publicKey);
    await person.call("POST", PATHS.mailboxes, { publicKey, ...more });
    return person;
  }

  /** A signed request that must succeed. */
  async call(method: string, path: string, body: object): Promise<Response> {
    const text = JSON.stringify(body);
    const dateMs = Date.now();
    const bytes = new TextEncoder().encode(text);
    const parts = relayHttpParts({ relayId: this.relayId, method, path, dateMs, body: bytes });
    const signature = toBase64url(signLabelled(this.#seed, "relay/http", ...parts));
    const claim = `${toBase64url(this.mailbox)}.${dateMs}.${signature}`;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        authorization: `${AUTHORIZATION_SCHEME} ${claim}`,
      },
      body: text,
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return response;
  }

  async grant(tokens: readonly Token[]): Promise<void> {
    for (let at = 0; at < tokens.length; at += TOKENS_PER_REQUEST_MAX) {
      await this.call("PUT", PATHS.tokens, {
        tokens: tokens.slice(at, at + TOKENS_PER_REQUEST_MAX).map((token) => ({
          hash: toBase64url(tokenHashOf(token)),
          class: "contact",
          label: toBase64url(token.subarray(0, 4)),
          push: false,
          expiresAtMs: Date.now() + 86_400_000,
        })),
      });
    }
  }

  /** A socket with this mailbox open. */
  async online(): Promise<LiveSocket> {
    const socket = await LiveSocket.open(this.url);
    const { nonce } = await socket.next("welcome");
    const parts = relayAuthParts(this.relayId, nonce, this.mailbox);
    socket.send({
      type: "auth",
      mailbox: this.mailbox,
      publicKey: idOf("MailboxKey", this.#publicKey),
      signature: idOf("AuthSignature", signLabelled(this.#seed, "relay/auth", ...parts)),
    });
    await socket.next("authed");
    return socket;
  }
}

export const livePut = (
  request: number,
  targets: PutFrame["targets"],
  body: Uint8Array,
): PutFrame => ({
  type: "put",
  request,
  envelope: idOf("EnvelopeId", envelopeIdOf(body)),
  isEphemeral: false,
  isUrgent: false,
  slot: null,
  ttlSeconds: 0,
  targets,
  body,
});
