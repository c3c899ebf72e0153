import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import type { Answer } from "../../../../app/engine/calls.ts";
import { LinkDialog } from "../../../../app/features/linking/link-dialog.tsx";
import { speak } from "../../../../app/text/speech.ts";
import type { LinkProgress } from "../../../../sync/link/progress.ts";
import { CALM, type EngineEnd, openDoor, show } from "../../screen.tsx";

const LINK = "https://relay.example/#AgE";
const SHOWN = { type: "shown", role: "member", link: LINK, expiresAtMs: 1 } as const;
const SAS = new Uint8Array(32).fill(1);
const DONE: Answer = { ok: true, value: undefined };

type Opened = {
  readonly engine: EngineEnd;
  readonly asks: () => readonly unknown[];
  /** What the engine says of the link, after it took what was asked last. */
  readonly progress: (progress: LinkProgress | null) => Promise<void>;
  readonly answer: (answer: Answer) => Promise<void>;
  readonly joined: ReturnType<typeof vi.fn<() => void>>;
  readonly closed: ReturnType<typeof vi.fn<() => void>>;
};

async function open(link: string | null = null): Promise<Opened> {
  // For what jsdom lacks.
  await show(<p />);
  cleanup();
  speak("en", ["en"]);
  const { device, engine } = await openDoor();
  const [joined, closed] = [vi.fn<() => void>(), vi.fn<() => void>()];
  engine.say({ type: "ready", life: "life" });
  engine.say({ type: "status", status: CALM });
  render(<LinkDialog device={device} link={link} onJoined={joined} onClose={closed} />);
  onTestFinished(cleanup);
  return {
    engine,
    joined,
    closed,
    asks: () => engine.heard.flatMap((it) => (it.type === "ask" ? [it.call] : [])),
    progress: (linking) =>
      act(async () => engine.say({ type: "status", status: { ...CALM, linking } })),
    answer: async (given) => {
      const ask = engine.heard.findLast((it) => it.type === "ask");
      if (ask?.type !== "ask") throw new Error("nothing was asked");
      await act(async () => engine.say({ type: "answer", id: ask.id, answer: given }));
    },
  };
}

test("[ALD1] shows a code as picture and link, and uses the other device's", async () => {
  const { asks, progress, answer } = await open();
  expect(asks()).toMatchObject([{ method: "show" }]);
  await progress(SHOWN);
  // Until our own ask is answered it may be what was shown before.
  expect(screen.queryByRole("textbox", { name: "Device link" })).toBeNull();
  await answer(DONE);
  const field = screen.getByRole<HTMLInputElement>("textbox", { name: "Device link" });
  expect([field.value, field.readOnly]).toEqual([LINK, true]);
  expect(screen.getByRole("img", { name: "The code as a QR code" })).toBeTruthy();
  const other = screen.getByRole("textbox", { name: "Link from the other device" });
  fireEvent.input(other, { target: { value: ` ${LINK}x ` } });
  fireEvent.click(screen.getByRole("button", { name: "Use it" }));
  expect(asks().at(-1)).toMatchObject({ method: "use", args: [`${LINK}x`, expect.any(String)] });
});

test("[ALD6] a link that leads nowhere is named where it was pasted, and the code stays", async () => {
  const { progress, answer } = await open();
  await progress(SHOWN);
  await answer(DONE);
  const other = screen.getByRole<HTMLInputElement>("textbox", {
    name: "Link from the other device",
  });
  fireEvent.input(other, { target: { value: "nonsense" } });
  fireEvent.click(screen.getByRole("button", { name: "Use it" }));
  await answer({ ok: false, error: { type: "DeviceLinkMalformed" } });
  expect(screen.getByRole("alert").textContent).toContain("not a complete device link");
  expect([other.isConnected, other.value]).toEqual([true, "nonsense"]);
  expect(other.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(other);
  expect(screen.getByRole("img", { name: "The code as a QR code" })).toBeTruthy();
  fireEvent.input(other, { target: { value: `${LINK}x` } });
  fireEvent.click(screen.getByRole("button", { name: "Use it" }));
  expect(screen.getByRole("alert").textContent).toBe("");
});

test("[ALD1] a link that opened the app is used at once", async () => {
  const { asks, progress, answer } = await open(LINK);
  expect(asks()).toMatchObject([{ method: "use", args: [LINK, expect.any(String)] }]);
  await progress({ type: "meeting", role: "new" });
  await answer(DONE);
  expect(screen.getByRole("status").textContent).toMatch(/Waiting for the other device/u);
});

test("[ALD2] seven pictures have names, and the device of the account agrees to them", async () => {
  const { asks, progress, answer } = await open();
  await answer(DONE);
  await progress({ type: "compare", role: "member", sas: SAS, name: "Firefox, Linux" });
  const pictures = within(screen.getByRole("list", { name: "Seven pictures" }));
  expect(pictures.getAllByRole("listitem").map((it) => it.textContent)).toHaveLength(7);
  expect(pictures.getAllByRole("listitem")[0]?.textContent).toBe("🐶Dog");
  expect(document.activeElement?.textContent).toMatch(/same seven pictures/u);
  expect(screen.getByText(/“Firefox, Linux” will read and write/u)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "They match" }));
  expect(asks().at(-1)).toEqual({ part: "linking", method: "confirm", args: [] });
});

test("[ALD2] the new device compares, and leaves the word to the other", async () => {
  const { progress, answer, joined, closed } = await open();
  await answer(DONE);
  await progress({ type: "compare", role: "new", sas: SAS, name: "Alice" });
  expect(screen.queryByRole("button", { name: "They match" })).toBeNull();
  expect(screen.getByText(/one of Alice’s/u)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(closed).toHaveBeenCalledOnce();
  expect(joined).not.toHaveBeenCalled();
  await progress({ type: "linked", role: "new" });
  await progress({ type: "linked", role: "new" });
  expect(joined).toHaveBeenCalledOnce();
});

test("[ALD3] closing ends the link, unless the person has agreed", async () => {
  const first = await open();
  await first.answer(DONE);
  await first.progress({ type: "compare", role: "member", sas: SAS, name: "x" });
  cleanup();
  expect(first.asks().at(-1)).toEqual({ part: "linking", method: "cancel", args: [] });

  const second = await open();
  await second.answer(DONE);
  await second.progress({ type: "granting" });
  cleanup();
  expect(second.asks()).toMatchObject([{ method: "show" }]);
});

test("[ALD5] a device that says nothing for long may have been closed, and one begins again", async () => {
  const { asks, progress, answer } = await open();
  await answer(DONE);
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  for (const silent of [
    { type: "granting" },
    { type: "compare", role: "new", sas: SAS, name: "Alice" },
  ] as const) {
    await progress(silent);
    expect(screen.queryByRole("button", { name: "Begin again" })).toBeNull();
    await act(async () => vi.advanceTimersByTime(20_000));
    expect(screen.getByText(/Nothing has come from the other device yet/u)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Begin again" }));
    expect(asks().at(-1)).toMatchObject({ method: "show" });
    await answer(DONE);
  }
});

test("[ALD4] says what failed, and begins again", async () => {
  const { asks, progress, answer } = await open(LINK);
  await answer({ ok: false, error: { type: "LinkOtherRelay", relayUrl: "https://other.example" } });
  expect(screen.getByRole("alert").textContent).toMatch(/lives at https:\/\/other\.example/u);
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(asks().at(-1)).toMatchObject({ method: "show" });
  await answer(DONE);
  await progress({ type: "failed", why: { type: "LinkCancelled" } });
  expect(screen.getByRole("alert").textContent).toMatch(/other device has ended this/u);
  // An engine that is made anew knows nothing of it.
  await progress(null);
  expect(screen.getByRole("alert").textContent).toMatch(/Kith had to restart/u);
});
