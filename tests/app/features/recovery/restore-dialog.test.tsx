import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import type { Answer } from "../../../../app/engine/calls.ts";
import { RestoreDialog } from "../../../../app/features/recovery/restore-dialog.tsx";
import { speak } from "../../../../app/text/speech.ts";
import { wordsOf } from "../../../../crypto/recovery/words.ts";
import { type EngineEnd, openDoor, show } from "../../screen.tsx";

const SECRET = new Uint8Array(32).fill(7);
const WORDS = wordsOf(SECRET);

type Opened = {
  readonly engine: EngineEnd;
  readonly answer: (answer: Answer) => Promise<void>;
  readonly restored: ReturnType<typeof vi.fn<() => void>>;
  readonly backup: ReturnType<typeof vi.fn<() => void>>;
  readonly type: (words: string, relay?: string) => Promise<void>;
  readonly asks: () => readonly unknown[];
};

async function opened(): Promise<Opened> {
  // For what jsdom lacks.
  await show(<p />);
  cleanup();
  speak("en", ["en"]);
  const { device, engine } = await openDoor();
  engine.say({ type: "ready", life: "life" });
  const [restored, backup] = [vi.fn<() => void>(), vi.fn<() => void>()];
  render(
    <RestoreDialog
      device={device}
      onBackup={backup}
      onRestored={restored}
      onClose={vi.fn<() => void>()}
    />,
  );
  onTestFinished(cleanup);
  const asks = (): readonly unknown[] =>
    engine.heard.flatMap((it) => (it.type === "ask" ? [it.call] : []));
  return {
    engine,
    restored,
    backup,
    asks,
    type: async (words, relay = "") => {
      const before = asks().length;
      const alert = screen.getAllByRole("alert")[0]?.textContent;
      screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Recovery words" }).value = words;
      screen.getByLabelText<HTMLInputElement>("Address of the relay").value = relay;
      fireEvent.click(screen.getByRole("button", { name: "Restore" }));
      await waitFor(() => {
        const said = screen.getAllByRole("alert")[0]?.textContent;
        expect(asks().length > before || said !== alert).toBe(true);
      });
    },
    answer: async (given) => {
      const ask = engine.heard.findLast((it) => it.type === "ask");
      if (ask?.type !== "ask") throw new Error("nothing was asked");
      await act(async () => engine.say({ type: "answer", id: ask.id, answer: given }));
    },
  };
}
const alert = (): string => screen.getAllByRole("alert")[0]?.textContent ?? "";

test("[ARS1] words that are wrong are named, and stay in the field", async () => {
  const { type, asks } = await opened();
  const typed = [...WORDS.slice(0, 2), "abandonn", ...WORDS.slice(3)].join(" ");
  await type(typed);
  await waitFor(() => expect(alert()).toContain("Word 3 is none of the list. Did you mean"));
  const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Recovery words" });
  expect(field.value).toBe(typed);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  await type(WORDS.slice(1).join(" "));
  await waitFor(() => expect(alert()).toContain("Those are 23 words; there have to be 24."));
  await type([...WORDS.slice(0, 23), WORDS[23] === "zoo" ? "zone" : "zoo"].join(" "));
  await waitFor(() => expect(alert()).toContain("One of the words is another"));
  expect(asks()).toEqual([]);
});

test("[ARS3] right words restore, and what failed is said", async () => {
  const { type, answer, asks, restored } = await opened();
  await type(WORDS.join("\n"), "relay.example");
  expect(asks()).toEqual([
    { part: "recovery", method: "restore", args: [SECRET, "https://relay.example"] },
  ]);
  await answer({ ok: false, error: { type: "CapsuleForged" } });
  expect(alert()).toContain("was damaged or altered");
  expect(restored).not.toHaveBeenCalled();
  await type(WORDS.join(" "));
  expect(asks().at(-1)).toMatchObject({ args: [SECRET, null] });
  await answer({ ok: true, value: {} });
  expect(restored).toHaveBeenCalledOnce();
});

test.for([
  ["CapsuleNotFound", "This relay has nothing for these words."],
  ["CapsuleForged", "go on with the same account, empty"],
] as const)(
  "[ARS2] after %s the person goes to another relay, or on empty",
  async ([error, why]) => {
    const { type, answer, asks, restored } = await opened();
    await type(WORDS.join(" "));
    await answer({ ok: false, error: { type: error } });
    expect(alert()).toContain(why);
    screen.getByRole<HTMLInputElement>("textbox", { name: "Your name" }).value = "Alice";
    fireEvent.click(screen.getByRole("button", { name: "Go on without it" }));
    expect(asks().at(-1)).toEqual({
      part: "recovery",
      method: "restoreEmpty",
      args: [SECRET, "Alice"],
    });
    await answer({ ok: true, value: {} });
    expect(restored).toHaveBeenCalledOnce();
  },
);

test("[ARS5] a name that will not do stays in its field, which has the focus", async () => {
  const { type, answer, asks } = await opened();
  await type(WORDS.join(" "));
  await answer({ ok: false, error: { type: "CapsuleForged" } });
  const name = screen.getByRole<HTMLInputElement>("textbox", { name: "Your name" });
  name.value = "x".repeat(300);
  const goOn = screen.getByRole("button", { name: "Go on without it" });
  fireEvent.click(goOn);
  expect([name.isConnected, goOn.getAttribute("aria-disabled")]).toEqual([true, "true"]);
  const before = asks().length;
  fireEvent.click(goOn);
  expect(asks()).toHaveLength(before);
  await answer({ ok: false, error: { type: "NameTooLong", limit: 256 } });
  expect([name.isConnected, name.value.length]).toEqual([true, 300]);
  expect(document.activeElement).toBe(name);
  expect(name.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getAllByRole("alert")[1]?.textContent).toContain("256 bytes are the limit");
  fireEvent.click(goOn);
  expect(asks()).toHaveLength(before + 1);
});

test("[ARS4] a relay's address that was refused stays in sight", async () => {
  const { type, answer } = await opened();
  const details = screen.getByText("My relay was another one").closest("details");
  expect(details?.open).toBe(false);
  await type(WORDS.join(" "), "relay example");
  await answer({ ok: false, error: { type: "RelayUrlMalformed" } });
  expect(alert()).toContain("no address of a relay");
  expect(details?.open).toBe(true);
});

test("[ARS3] who has a file goes there", async () => {
  const { backup } = await opened();
  fireEvent.click(screen.getByRole("button", { name: "Import backup" }));
  expect(backup).toHaveBeenCalledOnce();
});
