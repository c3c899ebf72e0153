/**
 * What stands inside a backup file, behind the head of crypto/backup/backup.ts: frames, each `u32 length |
 * type u8 | bytes`. docs/protocol/recovery.md, rules [BU1] and [BU2].
 *
 * | type | name    | bytes                                                                         |
 * | ---: | ------- | ----------------------------------------------------------------------------- |
 * |    1 | account | cbor [account 32, writtenAtMs, recovery secret or null, capsule]; comes first |
 * |    2 | payload | an encoded payload: WELCOME or CHUNK, as for a device of the same account      |
 * |    3 | end     | cbor [entries]; comes last: without it the file is not whole                   |
 * |    4 | voucher | cbor [device 16, signature]; of the payload frame that follows                  |
 *
 *     signature = Sign(ID_sig, "backup/frame", bytes of that payload frame)
 *
 * Frames of other types are passed over: a later version may add to a file. Tabs load this: nothing of
 * libsodium is in it.
 */
import { concat, u32le } from "../../crypto/base/bytes.ts";
import { readerOf } from "../../crypto/base/reader.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { RECOVERY_SECRET_BYTES } from "../../crypto/identity/recovery-secret.ts";
import {
  bytesShape,
  bytesUpTo,
  decodeShaped,
  encodeShaped,
  nullable,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { LATER_FIELDS_MAX } from "../entry/later-fields.ts";
import { CAPSULE_BYTES_MAX } from "../wire/limits.ts";

/** A capsule of the largest kind with what stands around it. */
export const FRAME_BYTES_MAX = 384 * 1_024;
const HEAD_BYTES = 5;
const ACCOUNT_BYTES = 32;
const DEVICE_BYTES = 16;
const SIGNATURE_BYTES = 64;
export const FRAME = { account: 1, payload: 2, end: 3, voucher: 4 } as const;

export type Frame = { readonly type: number; readonly bytes: Uint8Array };

export type AccountFrame = {
  readonly account: Uint8Array;
  readonly writtenAtMs: number;
  /** In files under a passphrase, while the words were not written down. */
  readonly secret: Uint8Array | null;
  /** crypto/recovery/capsule-content.ts. */
  readonly capsule: Uint8Array;
};
export const ACCOUNT_FRAME: Shape<AccountFrame> = recordShape<AccountFrame>(
  {
    account: bytesShape(ACCOUNT_BYTES),
    writtenAtMs: uintShape(),
    secret: nullable(bytesShape(RECOVERY_SECRET_BYTES)),
    capsule: bytesUpTo(CAPSULE_BYTES_MAX),
  },
  LATER_FIELDS_MAX,
);

/** Says which device of the account wrote the frame that follows. */
export type VoucherFrame = { readonly device: Uint8Array; readonly signature: Uint8Array };
export const VOUCHER_FRAME: Shape<VoucherFrame> = recordShape<VoucherFrame>(
  { device: bytesShape(DEVICE_BYTES), signature: bytesShape(SIGNATURE_BYTES) },
  LATER_FIELDS_MAX,
);

type EndFrame = { readonly entries: number };
const END_FRAME: Shape<EndFrame> = recordShape<EndFrame>(
  { entries: uintShape() },
  LATER_FIELDS_MAX,
);

export const frameOf = (type: number, bytes: Uint8Array): Uint8Array =>
  concat(u32le(bytes.length), Uint8Array.of(type), bytes);

export const endFrameOf = (entries: number): Uint8Array =>
  frameOf(FRAME.end, encodeShaped(END_FRAME, { entries }));

/** Not what a backup is made of, or it breaks off. */
export type FramesBroken = { readonly type: "BackupMalformed" };
const BROKEN = err({ type: "BackupMalformed" } as const);

/**
 * Cuts a stream into frames, whatever pieces it comes in. Holds one frame, and answers an error once and
 * then nothing. The first is the account's, the last the end.
 */
export async function* framesOf<Failure>(
  content: AsyncIterable<Result<Uint8Array, Failure>>,
): AsyncGenerator<Result<Frame, Failure | FramesBroken>, void> {
  const cutter = new FrameCutter();
  let last: number | null = null;
  for await (const piece of content) {
    if (!piece.ok) {
      yield piece;
      return;
    }
    cutter.add(piece.value);
    for (let frame = cutter.next(); frame !== undefined; frame = cutter.next()) {
      if (frame === "broken" || !isNext(frame.type, last)) {
        yield BROKEN;
        return;
      }
      last = frame.type;
      yield ok(frame);
    }
  }
  if (last !== FRAME.end || !cutter.isEmpty) yield BROKEN;
}

/** The account's frame is the first and no other; nothing comes behind the end. */
const isNext = (type: number, last: number | null): boolean =>
  (last === null) === (type === FRAME.account) && last !== FRAME.end;

class FrameCutter {
  #rest: Uint8Array = new Uint8Array(0);

  get isEmpty(): boolean {
    return this.#rest.length === 0;
  }

  add(piece: Uint8Array): void {
    this.#rest = this.isEmpty ? piece : concat(this.#rest, piece);
  }

  /** Undefined: more has to come. */
  next(): Frame | "broken" | undefined {
    if (this.#rest.length < HEAD_BYTES) return undefined;
    const r = readerOf(this.#rest);
    const length = r.u32();
    const type = r.u8();
    if (length > FRAME_BYTES_MAX) return "broken";
    if (this.#rest.length < HEAD_BYTES + length) return undefined;
    const bytes = this.#rest.slice(HEAD_BYTES, HEAD_BYTES + length);
    this.#rest = this.#rest.subarray(HEAD_BYTES + length);
    return { type, bytes };
  }
}

export const accountIn = (frame: Frame): AccountFrame | undefined => {
  const decoded =
    frame.type === FRAME.account
      ? decodeShaped(ACCOUNT_FRAME, frame.bytes, FRAME_BYTES_MAX)
      : undefined;
  return decoded?.ok === true ? decoded.value : undefined;
};

/** How many entries the file says that it has; undefined: this frame does not say. */
export const entriesIn = (frame: Frame): number | undefined => {
  const decoded =
    frame.type === FRAME.end ? decodeShaped(END_FRAME, frame.bytes, FRAME_BYTES_MAX) : undefined;
  return decoded?.ok === true ? decoded.value.entries : undefined;
};
