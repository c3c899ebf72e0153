import { act, fireEvent, screen } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import { hasCamera, watchCodes } from "../../../app/platform/camera.ts";
import { ScanButton } from "../../../app/ui/scan-button.tsx";
import { show } from "../screen.tsx";

/** jsdom has no camera: `open` is this browser's. */
function withCamera(open: () => Promise<MediaStream>): void {
  Object.defineProperty(navigator, "mediaDevices", {
    configurable: true,
    value: { getUserMedia: open },
  });
  onTestFinished(() => {
    Reflect.deleteProperty(navigator, "mediaDevices");
  });
}

const refusing = (name: string) => (): Promise<MediaStream> =>
  Promise.reject(new DOMException("no", name));

test("[ASB2] where there is no camera to ask for there is no button", async () => {
  await show(<ScanButton onText={vi.fn<() => void>()} />);
  expect(hasCamera()).toBe(false);
  expect(screen.queryByRole("button")).toBeNull();
});

test("[ASB2] what keeps the camera from working is said", async () => {
  for (const [name, words] of [
    ["NotAllowedError", /may not use the camera/u],
    ["NotFoundError", /No camera was found/u],
    ["NotReadableError", /did not start/u],
  ] as const) {
    withCamera(refusing(name));
    const shown = await show(<ScanButton onText={vi.fn<() => void>()} />);
    fireEvent.click(screen.getByRole("button", { name: "Scan a code" }));
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Scan a code" })).toBeTruthy();
    shown.unmount();
  }
});

test("[AKA1] a camera that opens after nobody wants it is turned off", async () => {
  const track = { stop: vi.fn<() => void>() };
  const opening = Promise.withResolvers<MediaStream>();
  withCamera(() => opening.promise);
  const watch = new AbortController();
  const found = vi.fn<() => void>();
  const done = watchCodes(document.createElement("video"), watch.signal, found);
  watch.abort();
  await act(async () => opening.resolve({ getTracks: () => [track] } as unknown as MediaStream));
  expect(await done).toEqual({ ok: true, value: undefined });
  expect(track.stop).toHaveBeenCalledOnce();
  expect(found).not.toHaveBeenCalled();
});
