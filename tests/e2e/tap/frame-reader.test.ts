import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { FrameReader } from "./frame-reader.ts";

const TEXT = 0x1;
const CONTINUATION = 0x0;
const FIN = 0x80;
const PING = 0x9;
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

function frame(first: number, payload: Buffer, mask: Buffer | null): Buffer {
  const short = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127;
  const length = Buffer.alloc(short < 126 ? 0 : short === 126 ? 2 : 8);
  if (short === 126) length.writeUInt16BE(payload.length);
  if (short === 127) length.writeBigUInt64BE(BigInt(payload.length));
  const body = Buffer.from(payload.map((byte, i) => byte ^ (mask?.[i % 4] ?? 0)));
  const second = short | (mask === null ? 0 : 0x80);
  return Buffer.concat([Buffer.from([first, second]), length, mask ?? Buffer.alloc(0), body]);
}

function heardIn(bytes: Buffer, pieceBytes: number): readonly string[] {
  const heard: string[] = [];
  const reader = new FrameReader((message) => heard.push(message.toString()));
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.read(bytes.subarray(at, at + pieceBytes));
  }
  return heard;
}

describe("reading frames", () => {
  test("[WT2] unmasks the example of RFC 6455, section 5.7", () => {
    expect(heardIn(Buffer.from("818537fa213d7f9f4d5158", "hex"), 64)).toEqual(["Hello"]);
  });

  test.each([0, 125, 126, 65_535, 65_536])("[WT2] hears %i bytes, masked or not", (bytes) => {
    const text = "x".repeat(bytes);
    for (const mask of [MASK, null]) {
      expect(heardIn(frame(FIN | TEXT, Buffer.from(text), mask), 1_000)).toEqual([text]);
    }
  });

  test("[WT2] hears the same in whatever pieces the bytes come", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 50 }),
        (texts, pieceBytes) => {
          const frames = texts.map((text) => frame(FIN | TEXT, Buffer.from(text), MASK));
          expect(heardIn(Buffer.concat(frames), pieceBytes)).toEqual(texts);
        },
      ),
    );
  });

  test("[WT2] joins fragments, around a ping between them", () => {
    const frames = [
      frame(TEXT, Buffer.from("can"), MASK),
      frame(FIN | PING, Buffer.from("ping"), MASK),
      frame(FIN | CONTINUATION, Buffer.from("ary"), MASK),
    ];
    expect(heardIn(Buffer.concat(frames), 3)).toEqual(["ping", "canary"]);
  });

  test("[WT2] does not pass over what it cannot hear", () => {
    const compressed = frame(FIN | 0x40 | TEXT, Buffer.from("x"), MASK);
    expect(() => heardIn(compressed, 64)).toThrow("blind");
    const endless = Buffer.from("827f00000000ffffffff", "hex");
    expect(() => heardIn(endless, 64)).toThrow("4294967295 bytes");
  });
});
