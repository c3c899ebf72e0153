/**
 * A person's image as a picture of a group: a square of 256 pixels, drawn anew, so that nothing of the
 * file but its pixels is left: no place, no camera, no thumbnail. [ASP1] What is no PNG, JPEG or WebP by
 * its first bytes is not decoded, [ASP2] nor what has too many pixels. The middle is cut out.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { imageHeadOf, PIXELS_MAX } from "../../sync/media/image-head.ts";

export type PictureFault = { readonly type: "PictureUnfit" } | { readonly type: "TooManyPixels" };

/** Width and height, as sync/media/media.ts wants them. */
const SIDE = 256;
const QUALITY = 0.85;
const UNFIT = err({ type: "PictureUnfit" } as const);

/** WebP where the browser can write it, else PNG. */
export async function squarePictureOf(file: Blob): Promise<Result<Uint8Array, PictureFault>> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const head = imageHeadOf(bytes);
  if (head === undefined) return UNFIT;
  if (head.width * head.height > PIXELS_MAX) return err({ type: "TooManyPixels" });
  const drawn = await drawnSquare(new Blob([bytes], { type: head.type }));
  return drawn === null ? UNFIT : ok(new Uint8Array(await drawn.arrayBuffer()));
}

/** Null: the browser cannot read it. */
async function drawnSquare(image: Blob): Promise<Blob | null> {
  try {
    using bitmap = closing(await createImageBitmap(image, { imageOrientation: "from-image" }));
    const { width, height } = bitmap.image;
    const side = Math.min(width, height);
    const canvas = new OffscreenCanvas(SIDE, SIDE);
    const context = canvas.getContext("2d");
    if (context === null) return null;
    context.imageSmoothingQuality = "high";
    const [x, y] = [(width - side) / 2, (height - side) / 2];
    context.drawImage(bitmap.image, x, y, side, side, 0, 0, SIDE, SIDE);
    return await canvas.convertToBlob({ type: "image/webp", quality: QUALITY });
  } catch {
    return null;
  }
}

const closing = (image: ImageBitmap): Disposable & { readonly image: ImageBitmap } => ({
  image,
  [Symbol.dispose]: () => image.close(),
});
