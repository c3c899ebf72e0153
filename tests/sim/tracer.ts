/** What a person reads when a seed failed: one line for each thing that happened. */
import { unreachable } from "../../crypto/base/assert.ts";
import { toHex } from "../../crypto/base/hex.ts";
import type { Frame } from "../../sync/wire/frames.ts";
import type { Direction, Line } from "./network.ts";

/** The end of a trace tells what went wrong; its beginning is dropped. */
const LINES_MAX = 400;

export class Tracer {
  readonly #isOn: boolean;
  readonly #lines: string[] = [];
  #startMs: number | null = null;

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  line(nowMs: number, text: () => string): void {
    if (!this.#isOn) return;
    this.#startMs ??= nowMs;
    const said = text();
    if (said === "") return;
    this.#lines.push(`${String(nowMs - this.#startMs).padStart(8)} ms  ${said}`);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
  }
}

/** Empty for what says nothing: heartbeats. */
export function describeFrames(
  { who, n }: Line,
  direction: Direction,
  frames: readonly Frame[],
): string {
  const said = frames.flatMap(describe);
  return said.length === 0
    ? ""
    : `${who} #${n} ${direction === "up" ? "→" : "←"} ${said.join(", ")}`;
}

function describe(frame: Frame): readonly string[] {
  switch (frame.type) {
    case "ping":
    case "pong":
    case "tsub":
    case "tunsub":
    case "tpub":
    case "tevt":
    case "twant":
      return [];
    case "put": {
      const slot = frame.slot === null ? "" : " slot";
      return [`put ${frame.request} ${idOf(frame.envelope)}${slot} ${tagOf(frame.body)}`];
    }
    case "msg": {
      const slot = frame.isSlot ? " slot" : "";
      return [`msg ${frame.id % 1_000_000} ${idOf(frame.envelope)}${slot} ${tagOf(frame.body)}`];
    }
    case "ok":
      return [`ok ${frame.request} ${frame.statuses.map((it) => it.status).join(" ")}`];
    case "ack":
      return [`ack ${frame.ids.map((id) => id % 1_000_000).join(" ")}`];
    case "err":
      return [`err ${frame.error}`];
    case "auth":
    case "authed":
    case "credit":
    case "empty":
    case "goaway":
    case "welcome":
      return [frame.type];
    default:
      return unreachable(frame);
  }
}

const idOf = (bytes: Uint8Array): string => toHex(bytes).slice(0, 8);

/** Where an envelope is to be opened: its first bytes after the suite. */
const tagOf = (body: Uint8Array): string => `@${toHex(body.subarray(1, 4))}`;
