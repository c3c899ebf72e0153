/**
 * The script of a worker that tries one passphrase: scrypt takes seconds in which it does nothing else, so
 * neither a tab nor the engine may do it. Nothing is imported statically: a bundler takes this for a URL.
 */
const answering = import("./stretch-answer.ts");

type Ask = Parameters<Awaited<typeof answering>["answerStretch"]>[0];

globalThis.addEventListener("message", ({ data }: MessageEvent<Ask>) => void answer(data));

async function answer(ask: Ask): Promise<void> {
  try {
    (await answering).answerStretch(ask, (it) => postMessage(it));
  } catch {
    // No memory, or a part of the app did not arrive. `FromStretch`, as text.
    postMessage({ type: "failed" });
  }
}
