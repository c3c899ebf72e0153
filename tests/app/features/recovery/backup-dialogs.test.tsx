import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import type { Answer } from "../../../../app/engine/calls.ts";
import { ExportDialog } from "../../../../app/features/recovery/export-dialog.tsx";
import { ImportDialog } from "../../../../app/features/recovery/import-dialog.tsx";
import { speak } from "../../../../app/text/speech.ts";
import { type EngineEnd, openDoor, show } from "../../screen.tsx";

const none = (): void => undefined;

async function answer(engine: EngineEnd, given: Answer): Promise<void> {
  const ask = engine.heard.findLast((it) => it.type === "ask");
  if (ask?.type !== "ask") throw new Error("nothing was asked");
  await act(async () => engine.say({ type: "answer", id: ask.id, answer: given }));
}
const asks = (engine: EngineEnd): readonly unknown[] =>
  engine.heard.flatMap((it) => (it.type === "ask" ? [it.call] : []));
const alert = (): string => screen.getByRole("alert").textContent ?? "";

test("[AEX1] a passphrase is typed twice, and a short one is refused", async () => {
  const { engine } = await show(<ExportDialog onClose={none} />);
  const first = screen.getByLabelText<HTMLInputElement>("Passphrase");
  const again = screen.getByLabelText<HTMLInputElement>("Passphrase again");
  const save = screen.getByRole("button", { name: "Save the file" });
  first.value = "short";
  fireEvent.click(save);
  expect(alert()).toContain("at least 12 characters");
  first.value = "long enough it is";
  again.value = "long enough it was";
  fireEvent.click(save);
  expect(alert()).toContain("not the same");
  expect(asks(engine)).toEqual([]);
});

test("[AEX2] how it ended is said: here, that there is no key", async () => {
  const { engine } = await show(<ExportDialog onClose={none} />);
  fireEvent.click(screen.getByRole("radio", { name: "My recovery words" }));
  expect(screen.queryByLabelText("Passphrase")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Save the file" }));
  expect(screen.getByRole("progressbar")).toBeTruthy();
  expect(asks(engine)).toEqual([{ part: "backup", method: "key", args: [] }]);
  await answer(engine, { ok: true, value: null });
  await waitFor(() => expect(alert()).toContain("Use a passphrase."));
});

async function openImport(): Promise<EngineEnd> {
  await show(<p />);
  cleanup();
  speak("en", ["en"]);
  const { device, engine } = await openDoor();
  engine.say({ type: "ready", life: "life" });
  render(<ImportDialog device={device} isNew onImported={none} onClose={vi.fn<() => void>()} />);
  onTestFinished(cleanup);
  return engine;
}
const choose = (text: string): void => {
  const files = [Object.assign(new Blob([text]), { name: "backup.age" })];
  fireEvent.change(screen.getByLabelText("Backup file"), { target: { files } });
};

test("[AIM1] what opens the file is asked for when it is chosen", async () => {
  await openImport();
  choose("hello");
  await waitFor(() => expect(alert()).toContain("This is no backup file."));
  choose("age-encryption.org/v1\n-> scrypt abc 17\nx\n--- y\n");
  expect(await screen.findByLabelText("Passphrase")).toBeTruthy();
  expect(screen.queryByRole("textbox", { name: "Recovery words" })).toBeNull();
  choose("age-encryption.org/v1\n-> X25519 abc\nx\n--- y\n");
  expect(await screen.findByRole("textbox", { name: "Recovery words" })).toBeTruthy();
  expect(screen.queryByLabelText("Passphrase")).toBeNull();
});

test("[AIM2] [AIM3] wrong words are named, and what came of it is said", async () => {
  const engine = await openImport();
  choose("age-encryption.org/v1\n-> X25519 abc\nx\n--- y\n");
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Recovery words" });
  field.value = "abandon abandonn";
  fireEvent.click(screen.getByRole("button", { name: "Import" }));
  await waitFor(() => expect(alert()).toContain("Word 2 is none of the list."));
  expect(asks(engine)).toEqual([]);
});
