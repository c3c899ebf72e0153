import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  CODECS,
  decodeBatch,
  encodeFrame,
  encodeFrames,
  type Frame,
  type FrameType,
} from "../../../sync/wire/frames.ts";
import { idOf } from "../../../sync/wire/ids.ts";
import {
  BATCH_FLUSH_BYTES,
  BATCH_FRAMES_MAX,
  BODY_BYTES_MAX,
  PUT_TARGETS_MAX,
  SOCKET_MESSAGE_BYTES_MAX,
} from "../../../sync/wire/limits.ts";
import { anyFrame, FRAME_ARBITRARIES } from "./any-frame.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const types = Object.keys(CODECS) as FrameType[];
const ping: Frame = { type: "ping", timeMs: 1, isHidden: false };

describe("frames", () => {
  test.each(types)("[FR1] decodes every %s frame that it encodes", (type) => {
    fc.assert(
      fc.property(FRAME_ARBITRARIES[type], (frame) => {
        expect(decodeBatch(encodeFrame(frame))).toEqual({ ok: true, value: [frame] });
      }),
      { numRuns: 200 },
    );
  });

  test("[FR1] keeps the order of frames over as few batches as the bounds allow", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 40 }), (frames) => {
        const batches = encodeFrames(frames);
        const decoded = batches.flatMap((batch) => {
          const read = decodeBatch(batch);
          return read.ok ? read.value : [];
        });
        expect(decoded).toEqual(frames);
        for (const batch of batches.slice(0, -1)) {
          expect(batch.length).toBeGreaterThanOrEqual(BATCH_FLUSH_BYTES);
        }
      }),
    );
    const many = encodeFrames(Array.from({ length: BATCH_FRAMES_MAX + 1 }, () => ping));
    expect(many.map((batch) => batch.length)).toEqual([BATCH_FRAMES_MAX * 4, 4]);
  });

  test("[FR2] answers any bytes, and never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const read = decodeBatch(bytes);
        expect(read.ok || read.error.type.length > 0).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  test("[FR2] answers every damaged frame, and never throws", () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.integer({ min: 1, max: 255 }), (frame, at, flip) => {
        const bytes = encodeFrame(frame);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        const read = decodeBatch(bytes);
        // If it can still be read, it is the one encoding of what it now says.
        const [now] = read.ok && read.value.length === 1 ? read.value : [];
        expect(now === undefined ? bytes : encodeFrame(now)).toEqual(bytes);
      }),
      { numRuns: 20_000 },
    );
  });

  test("[FR3] reads only its own view, never the rest of the buffer it lies in", () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(40), fc.nat(40), (frame, before, behind) => {
        const bytes = encodeFrame(frame);
        const pool = new Uint8Array(before + bytes.length + behind).fill(0x5a);
        pool.set(bytes, before);
        const read = decodeBatch(pool.subarray(before, before + bytes.length));
        expect(read).toEqual({ ok: true, value: [frame] });
        const cut = decodeBatch(pool.subarray(before, before + bytes.length - 1));
        expect(cut.ok).toBe(false);
      }),
    );
  });

  test.each([
    ["BatchEmpty", ""],
    ["FrameTypeUnknown", "01ff"],
    ["FrameTypeUnknown", "0100"],
    ["FrameTrailing", "0521000000ff"],
    ["FrameTrailing", "0440010000"],
  ])("[FR4] says %s to %s", (type, bytes) => {
    expect(decodeBatch(hex(bytes))).toMatchObject({ ok: false, error: { type } });
  });

  test.each([
    ["a length of nothing", "00", { type: "Truncated" }],
    ["a frame longer than the batch", "0440", { type: "Truncated" }],
    ["a length that never ends", "ffffffffffffffffff", { type: "VaruintMalformed" }],
    ["a length that is not the shortest", "810021", { type: "VaruintMalformed" }],
    ["a frame without its fields", "0140", { type: "Truncated" }],
    ["a flag from the future", "03400102", { type: "FieldOutOfBounds", field: "flags" }],
    ["a mailbox that no socket has", "022104", { type: "FieldOutOfBounds", field: "mailboxIndex" }],
    ["an ACK of nothing", "03220000", { type: "FieldOutOfBounds", field: "ids" }],
    ["an ACK of one id twice", "052200020100", { field: "ids" }],
    ["a topic that is too short", "023000", { type: "Truncated" }],
    ["no topics", "0130", { type: "FieldOutOfBounds", field: "topics" }],
    ["a reason to go that we do not know", "0450020000", { field: "reason" }],
    ["an URL that is no text", "06500000010120", { type: "FieldOutOfBounds" }],
    ["an error that we do not know", "045f7f0000", { type: "FieldOutOfBounds", field: "code" }],
  ])("[FR4] refuses %s", (_, bytes, fault) => {
    const read = decodeBatch(hex(bytes));
    expect(read).toMatchObject({ ok: false, error: { type: "FrameMalformed", fault } });
  });

  test("[FR5] refuses another version of WELCOME", () => {
    const welcome = fc.sample(FRAME_ARBITRARIES.welcome, 1)[0]!;
    const bytes = encodeFrame(welcome);
    const [length = 0] = bytes;
    const at = length >= 0x80 ? 3 : 2;
    bytes[at] = 2;
    expect(decodeBatch(bytes)).toMatchObject({
      error: { type: "FrameMalformed", fault: { type: "FieldOutOfBounds", field: "version" } },
    });
  });

  test("[FR6] bounds a batch by its bytes and its frames", () => {
    expect(decodeBatch(new Uint8Array(SOCKET_MESSAGE_BYTES_MAX + 1))).toEqual({
      ok: false,
      error: { type: "BatchTooLong", bytes: SOCKET_MESSAGE_BYTES_MAX + 1 },
    });
    const tooMany = new Uint8Array((BATCH_FRAMES_MAX + 1) * 3);
    for (let at = 0; at < tooMany.length; at += 3) tooMany.set([2, 0x21, 0], at);
    expect(decodeBatch(tooMany)).toEqual({ ok: false, error: { type: "BatchTooManyFrames" } });
  });

  test("[FR7] carries the largest PUT in one socket message", () => {
    const put: Frame = {
      type: "put",
      request: Number.MAX_SAFE_INTEGER,
      envelope: idOf("EnvelopeId", new Uint8Array(16)),
      isEphemeral: false,
      isUrgent: true,
      slot: idOf("SlotId", new Uint8Array(8)),
      ttlSeconds: 2_592_000,
      targets: Array.from({ length: PUT_TARGETS_MAX }, () => ({
        mailbox: idOf("MailboxId", new Uint8Array(16)),
        token: idOf("Token", new Uint8Array(16)),
      })),
      body: new Uint8Array(BODY_BYTES_MAX),
    };
    expect(decodeBatch(encodeFrame(put))).toEqual({ ok: true, value: [put] });
    expect(() => encodeFrame({ ...put, body: new Uint8Array(BODY_BYTES_MAX + 1) })).toThrow(
      "within its bound",
    );
    expect(() => encodeFrame({ ...put, targets: [] })).toThrow("has targets");
    expect(() => encodeFrame({ ...put, isEphemeral: true })).toThrow("no slot");
  });

  test("[FR8] gives each type a code of its own", () => {
    const codes = types.map((type) => CODECS[type].code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
