/**
 * What an image is by its first bytes, whatever anybody says of it: PNG, JPEG or WebP, and its size, read
 * before anything decodes it. Everything else is none; SVG and HTML above all. docs/protocol/media.md, [ME12].
 *
 * PNG: W3C PNG 3, section 11.2.1. JPEG: ITU T.81, B.2.2. WebP: RFC 9649, sections 2.4 to 2.7.
 */

export type ImageHead = {
  readonly type: "image/png" | "image/jpeg" | "image/webp";
  readonly width: number;
  readonly height: number;
};

/** Pixels of an image that is decoded at all. */
export const PIXELS_MAX = 40_000_000;
/** Segments of a JPEG that are passed over before its size; cameras write some dozen. */
const SEGMENTS_MAX = 256;

/** Undefined: none of the three, or cut before its size. Nothing beyond `bytes` is read. */
export function imageHeadOf(bytes: Uint8Array): ImageHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const head = pngHeadOf(view) ?? jpegHeadOf(view) ?? webpHeadOf(view);
  return head !== undefined && head.width > 0 && head.height > 0 ? head : undefined;
}

const PNG_HEAD_BYTES = 24;

function pngHeadOf(view: DataView): ImageHead | undefined {
  if (view.byteLength < PNG_HEAD_BYTES) return undefined;
  const isPng = view.getUint32(0) === 0x89504e47 && view.getUint32(4) === 0x0d0a1a0a;
  if (!isPng || textAt(view, 12) !== "IHDR") return undefined;
  return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
}

function jpegHeadOf(view: DataView): ImageHead | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  for (let segments = 0; segments < SEGMENTS_MAX && at + 9 <= view.byteLength; segments += 1) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // A frame header: SOF0 to SOF15 without DHT, JPG and DAC.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return { type: "image/jpeg", width, height };
    }
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

const WEBP_HEAD_BYTES = 30;

function webpHeadOf(view: DataView): ImageHead | undefined {
  if (view.byteLength < WEBP_HEAD_BYTES) return undefined;
  if (textAt(view, 0) !== "RIFF" || textAt(view, 8) !== "WEBP") return undefined;
  const type = "image/webp";
  const size = (at: number): number => view.getUint16(at, true) & 0x3fff;
  switch (textAt(view, 12)) {
    case "VP8 ":
      return { type, width: size(26), height: size(28) };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X": {
      const wide = (at: number): number =>
        1 + view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
      return { type, width: wide(24), height: wide(27) };
    }
    default:
      return undefined;
  }
}

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
