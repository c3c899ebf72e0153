/**
 * A relay that lies about envelopes, in front of one that does not: what a device can be told by whoever
 * runs its relay. It cannot open anything, so it can lose, repeat, confuse and spoil.
 *
 * | lie      | what it does                                                               |
 * | -------- | -------------------------------------------------------------------------- |
 * | fakeOk   | says that it keeps an envelope, and throws it away                           |
 * | lose     | lets go of one that waits, unasked                                          |
 * | withhold | the same to all that comes under one token                                   |
 * | flip     | changes a bit of an envelope                                                |
 * | truncate | cuts it off                                                                 |
 * | replay   | delivers again what was acknowledged: also receipts, which are stale by then |
 * | misroute | delivers what is for somebody else                                          |
 */
import { toHex } from "../../crypto/base/hex.ts";
import type {
  RelayConnection,
  RelayDoor,
  RelaySocket,
} from "../../sync/transport/memory-transport.ts";
import { decodeBatch, encodeFrame, type Frame } from "../../sync/wire/frames.ts";
import type { MsgFrame } from "../../sync/wire/message-frames.ts";
import type { PutFrame } from "../../sync/wire/put-frame.ts";
import type { Chance } from "./chance.ts";

const DOWN = ["lose", "withhold", "flip", "truncate", "replay", "misroute"] as const;
type Lie = (typeof DOWN)[number];
/** Envelopes that it remembers to deliver again. */
const REMEMBERED_MAX = 64;

export type WickedOptions = {
  readonly chance: Chance;
  /** Share of the envelopes that it lies about, 0 to 1. */
  readonly wickedness: () => number;
  readonly happened: (situation: string) => void;
  /** In an event of its own. */
  readonly soon: (run: () => void) => void;
};

export class WickedRelay {
  readonly #options: WickedOptions;
  /** What went by, and to which connection. */
  readonly #passed: { readonly to: number; readonly frame: MsgFrame }[] = [];
  #connections = 0;
  /** Token under which everything is withheld, hex. */
  #withheld = "";

  constructor(options: WickedOptions) {
    this.#options = options;
  }

  /** The honest relay behind it sees what it is let see. */
  door(honest: RelayDoor): RelayDoor {
    return {
      fetch: honest.fetch,
      connect: (socket) => this.#connect(honest, socket),
    };
  }

  #connect(honest: RelayDoor, socket: RelaySocket): RelayConnection {
    this.#connections += 1;
    const to = this.#connections;
    const connection: RelayConnection = honest.connect({
      ...socket,
      send: (bytes) => {
        for (const one of this.#split(bytes)) {
          const soon = (ack: Uint8Array): void => {
            this.#options.soon(() => connection.receive(ack));
          };
          this.#send(to, socket, soon, one);
        }
      },
    });
    return {
      closed: () => connection.closed(),
      receive: (bytes) => {
        for (const one of this.#split(bytes)) {
          if (one.frame?.type === "put" && this.#lies() && !one.frame.isEphemeral) {
            this.#fakeOk(socket, one.frame);
          } else connection.receive(one.bytes);
        }
      },
    };
  }

  /** Frame by frame while it lies; what cannot be read goes as it is. */
  #split(bytes: Uint8Array): readonly { readonly frame?: Frame; readonly bytes: Uint8Array }[] {
    const frames = this.#options.wickedness() > 0 ? decodeBatch(bytes) : undefined;
    if (frames?.ok !== true) return [{ bytes }];
    return frames.value.map((frame) => ({ frame, bytes: encodeFrame(frame) }));
  }

  #lies(): boolean {
    const { chance, wickedness } = this.#options;
    return wickedness() > 0 && chance.happens(wickedness());
  }

  #fakeOk(socket: RelaySocket, { request, targets }: PutFrame): void {
    this.#options.happened("the relay lies: fakeOk");
    const statuses = targets.map(() => ({ status: "stored" as const }));
    this.#options.soon(() => socket.send(encodeFrame({ type: "ok", request, statuses })));
  }

  #send(
    to: number,
    socket: RelaySocket,
    receive: (bytes: Uint8Array) => void,
    { frame, bytes }: { readonly frame?: Frame; readonly bytes: Uint8Array },
  ): void {
    // What is ephemeral may be lost anyhow.
    if (frame?.type !== "msg" || frame.isEphemeral) return socket.send(bytes);
    const { chance, wickedness, happened } = this.#options;
    const isWithheld = wickedness() > 0 && toHex(frame.label) === this.#withheld;
    const lie = isWithheld ? "lose" : this.#lies() ? chance.pick([...DOWN]) : undefined;
    this.#remember(to, frame);
    if (lie === undefined) return socket.send(bytes);
    happened(`the relay lies: ${lie}`);
    for (const told of this.#lied(lie, to, frame)) socket.send(encodeFrame(told));
    // As if its owner had acknowledged it.
    const isGone = lie === "lose" || lie === "withhold";
    if (isGone) {
      const { mailboxIndex, id } = frame;
      receive(encodeFrame({ type: "ack", mailboxIndex, ids: [id] }));
    }
  }

  #lied(lie: Lie, to: number, frame: MsgFrame): readonly Frame[] {
    const { chance } = this.#options;
    const body = frame.body.slice();
    switch (lie) {
      case "lose":
        return [];
      case "withhold":
        this.#withheld = toHex(frame.label);
        return [];
      case "flip": {
        const at = chance.below(body.length);
        body[at] = (body[at] ?? 0) ^ (1 << chance.below(8));
        return [{ ...frame, body }];
      }
      case "truncate":
        return [{ ...frame, body: body.subarray(0, 1 + chance.below(body.length)) }];
      case "replay":
      case "misroute": {
        const others = this.#passed.filter((it) => (it.to === to) === (lie === "replay"));
        const other = others.length === 0 ? undefined : chance.pick(others).frame;
        return other === undefined ? [frame] : [frame, { ...other, id: frame.id + 1_000_000 }];
      }
      default:
        return [frame];
    }
  }

  #remember(to: number, frame: MsgFrame): void {
    this.#passed.push({ to, frame });
    if (this.#passed.length > REMEMBERED_MAX) this.#passed.shift();
  }
}
