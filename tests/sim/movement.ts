/** Whether anything is on its way: what a quiet world has nothing of. */
import { toHex } from "../../crypto/base/hex.ts";
import type { Frame } from "../../sync/wire/frames.ts";
import type { Change } from "./device-store.ts";

/** Tables that change when something is on its way. */
const MOVING: ReadonlySet<string> = new Set(["outbox", "entries", "cursors", "sessions", "held"]);

/** A device whose storage is gone for good. Ids are hex. */
export type Evicted = {
  readonly account: string;
  readonly device: string;
  readonly mailbox: string;
};

export class Movement {
  readonly #devices = new Set<string>();
  readonly #mailboxes = new Set<string>();
  #count = 0;

  /** How often something was on its way, ever. */
  get count(): number {
    return this.#count;
  }

  /** Others go on asking it for what they lack, at ever longer pauses: that is no movement. */
  evicted({ device, mailbox }: Evicted): void {
    this.#devices.add(device);
    this.#mailboxes.add(mailbox);
  }

  committed(changes: readonly Change[]): void {
    if (changes.some((it) => MOVING.has(it.table) && !this.#isInVain(it))) this.#count += 1;
  }

  passed(frame: Frame): void {
    if (frame.type === "msg") this.#count += 1;
    if (frame.type !== "put") return;
    if (!frame.targets.every(({ mailbox }) => this.#mailboxes.has(toHex(mailbox))))
      this.#count += 1;
  }

  #isInVain(change: Change): boolean {
    if (this.#devices.size === 0) return false;
    if (change.table === "sessions") {
      return this.#devices.has((change.row ?? change.before)?.device ?? "");
    }
    if (change.table !== "outbox") return false;
    const targets = (change.row ?? change.before)?.targets ?? [];
    return targets.every((it) => it.state === "done" || this.#devices.has(it.device));
  }
}
