/**
 * The camera, for reading codes. Pictures stay in this page: each is looked at and forgotten. The decoder is
 * loaded with the first one. [AKA1] The camera is off as soon as nobody looks through it.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";

/** Pictures are made smaller than this before they are read: a code that fills the screen needs no more. */
const READ_EDGE_MAX_PX = 800;
/** Between two looks: the app goes on beside it. */
const LOOK_EVERY_MS = 150;
const LOOK_MAX_MS = 60;

export type CameraError =
  /** The person, or the system, said no. */
  | { readonly type: "CameraRefused" }
  | { readonly type: "CameraMissing" }
  /** Another program has it, or it broke. */
  | { readonly type: "CameraFailed" };

export const hasCamera = (): boolean =>
  typeof (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia === "function";

/**
 * Shows the camera in `video` and reads codes from it until `signal` aborts, which also turns it off. `found`
 * is called with each text that was read.
 */
export async function watchCodes(
  video: HTMLVideoElement,
  signal: AbortSignal,
  found: (text: string) => void,
): Promise<Result<void, CameraError>> {
  const stream = await openCamera();
  if (!stream.ok) return stream;
  const stop = (): void => {
    for (const track of stream.value.getTracks()) track.stop();
    video.srcObject = null;
  };
  if (signal.aborted) {
    stop();
    return ok(undefined);
  }
  signal.addEventListener("abort", stop, { once: true });
  try {
    const [{ decodeQR }] = await Promise.all([import("qr/decode.js"), play(video, stream.value)]);
    look(video, signal, (image) => {
      const text = readBy(() => decodeQR(image, { timeLimit: LOOK_MAX_MS }));
      if (text !== null) found(text);
    });
    return ok(undefined);
  } catch {
    stop();
    return signal.aborted ? ok(undefined) : err({ type: "CameraFailed" });
  }
}

async function openCamera(): Promise<Result<MediaStream, CameraError>> {
  try {
    // The one that looks away from the person, where there are two.
    const video = { facingMode: "environment", width: { ideal: 1_280 } };
    return ok(await navigator.mediaDevices.getUserMedia({ video, audio: false }));
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "SecurityError")
      return err({ type: "CameraRefused" });
    if (name === "NotFoundError") return err({ type: "CameraMissing" });
    return err({ type: "CameraFailed" });
  }
}

async function play(video: HTMLVideoElement, stream: MediaStream): Promise<void> {
  video.srcObject = stream;
  await video.play();
}

/** Hands over a picture every LOOK_EVERY_MS. */
function look(video: HTMLVideoElement, signal: AbortSignal, see: (image: ImageData) => void): void {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const next = (): void => {
    if (signal.aborted || context === null) return;
    const { videoWidth, videoHeight } = video;
    if (videoWidth > 0 && videoHeight > 0) {
      const scale = Math.min(1, READ_EDGE_MAX_PX / Math.max(videoWidth, videoHeight));
      canvas.width = Math.round(videoWidth * scale);
      canvas.height = Math.round(videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      see(context.getImageData(0, 0, canvas.width, canvas.height));
    }
    setTimeout(next, LOOK_EVERY_MS);
  };
  next();
}

/** Null: no code is in the picture, or none that can be read. */
function readBy(decode: () => string): string | null {
  try {
    return decode();
  } catch {
    return null;
  }
}
