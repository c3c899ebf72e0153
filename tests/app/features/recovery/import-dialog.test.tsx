import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import { ImportDialog } from "../../../../app/features/recovery/import-dialog.tsx";
import { speak } from "../../../../app/text/speech.ts";
import { type EngineEnd, openDoor, show } from "../../screen.tsx";
import { stubWorkers } from "./workers.ts";

const none = (): void => undefined;

const asks = (engine: EngineEnd): readonly unknown[] =>
  engine.heard.flatMap((it) => (it.type === "ask" ? [it.call] : []));
const alert = (): string => screen.getByRole("alert").textContent ?? "";

async function openImport({ stretchIn } = stubWorkers()): Promise<EngineEnd> {
  await show(<p />);
  cleanup();
  speak("en", ["en"]);
  const { device, engine } = await openDoor();
  engine.say({ type: "ready", life: "life" });
  const onClose = vi.fn<() => void>();
  render(<ImportDialog {...{ device, onClose, stretchIn }} isNew onImported={none} />);
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

test("[AIM4] a passphrase that is being tried can be called off", async () => {
  const workers = stubWorkers();
  const engine = await openImport(workers);
  choose(
    `age-encryption.org/v1\n-> scrypt ${"A".repeat(22)} 17\n${"A".repeat(43)}\n--- ${"A".repeat(43)}\n`,
  );
  const field = await screen.findByLabelText<HTMLInputElement>("Passphrase");
  field.value = "correct horse battery staple";
  fireEvent.click(screen.getByRole("button", { name: "Import" }));
  await screen.findByText("Trying the passphrase…");
  await waitFor(() => expect(workers.counts()).toEqual([1, 0]));
  fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(workers.counts()).toEqual([1, 1]));
  await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
  expect(alert()).toBe("");
  expect(field.value).toBe("correct horse battery staple");
  expect(asks(engine)).toEqual([]);
});
