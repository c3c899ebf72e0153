import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { metaOf } from "../../../../app/db/tables.ts";
import type { Answer } from "../../../../app/engine/calls.ts";
import { ExportDialog } from "../../../../app/features/recovery/export-dialog.tsx";
import { openRows, US } from "../../db/rows.ts";
import { type EngineEnd, show } from "../../screen.tsx";
import { stubWorkers } from "./workers.ts";

const none = (): void => undefined;

async function answer(engine: EngineEnd, given: Answer): Promise<void> {
  const ask = engine.heard.findLast((it) => it.type === "ask");
  if (ask?.type !== "ask") throw new Error("nothing was asked");
  await act(async () => engine.say({ type: "answer", id: ask.id, answer: given }));
}
const asks = (engine: EngineEnd): readonly unknown[] =>
  engine.heard.flatMap((it) => (it.type === "ask" ? [it.call] : []));
const alert = (): string => screen.getByRole("alert").textContent ?? "";

test("[AXP1] a passphrase is typed twice, and a short one is refused", async () => {
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
  fireEvent.click(screen.getByRole("radio", { name: "My recovery words" }));
  expect(alert()).toBe("");
});

test("[AXP3] whose words are on no paper yet is told so before a file depends on them", async () => {
  const db = await openRows();
  const self = (recoverySecret: Uint8Array | null) => ({
    k: "self",
    v: { account: US, name: "Alice", recoverySecret },
  });
  await metaOf(db).put(self(new Uint8Array(32)));
  await show(<ExportDialog onClose={none} />, { db });
  fireEvent.click(screen.getByRole("radio", { name: "My recovery words" }));
  await screen.findByText(/You have not written them down yet/u);
  await act(async () => void (await metaOf(db).put(self(null))));
  await waitFor(() => expect(screen.queryByText(/You have not written them down/u)).toBeNull());
});

test("[AXP2] how it ended is said: here, that there is no key", async () => {
  const { engine } = await show(<ExportDialog onClose={none} />);
  fireEvent.click(screen.getByRole("radio", { name: "My recovery words" }));
  expect(screen.queryByLabelText("Passphrase")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Save the file" }));
  expect(screen.getByRole("progressbar")).toBeTruthy();
  expect(asks(engine)).toEqual([{ part: "backup", method: "key", args: [] }]);
  await answer(engine, { ok: true, value: null });
  await waitFor(() => expect(alert()).toContain("Use a passphrase."));
});

async function write(): Promise<void> {
  for (const name of ["Passphrase", "Passphrase again"]) {
    const field = await screen.findByLabelText<HTMLInputElement>(name);
    field.value = "correct horse battery staple";
  }
  const save = screen.getByRole("button", { name: "Save the file" });
  save.focus();
  fireEvent.click(save);
  await screen.findByText("Making a key from the passphrase…");
}

test("[AXP4] [AUB1] [AWG1] it can be stopped while the key is made, and begun again", async () => {
  const workers = stubWorkers();
  await show(<ExportDialog onClose={none} stretchIn={workers.stretchIn} />);
  await write();
  await waitFor(() => expect(workers.counts()).toEqual([1, 0]));
  act(() => workers.say({ type: "share", share: 0.25 }));
  expect(screen.getByRole<HTMLProgressElement>("progressbar").value).toBe(0.25);
  const save = screen.getByRole("button", { name: "Save the file" });
  expect(document.activeElement).toBe(save);
  fireEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(document.activeElement).toBe(save);
  await waitFor(() => expect(workers.counts()).toEqual([1, 1]));
  await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
  expect(alert()).toBe("");
  expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>("Passphrase").value).toContain("correct horse");
  await write();
  await waitFor(() => expect(workers.counts()).toEqual([2, 1]));
});

test("[AXP4] who closes the dialog stops it", async () => {
  const workers = stubWorkers();
  const view = await show(<ExportDialog onClose={none} stretchIn={workers.stretchIn} />);
  await write();
  await waitFor(() => expect(workers.counts()).toEqual([1, 0]));
  view.unmount();
  await waitFor(() => expect(workers.counts()).toEqual([1, 1]));
});

test("[AXP2] a passphrase for which there is no memory is not called wrong", async () => {
  const workers = stubWorkers();
  await show(<ExportDialog onClose={none} stretchIn={workers.stretchIn} />);
  await write();
  await waitFor(() => expect(workers.counts()).toEqual([1, 0]));
  workers.say({ type: "failed" });
  await waitFor(() => expect(alert()).toContain("too little free memory"));
});
