import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Answer } from "../../../../app/engine/calls.ts";
import { WordsDialog } from "../../../../app/features/recovery/words-dialog.tsx";
import { wordsOf } from "../../../../crypto/recovery/words.ts";
import { type Shown, show } from "../../screen.tsx";

const SECRET = new Uint8Array(32).fill(7);
const WORDS = wordsOf(SECRET);

async function answer({ engine }: Shown, given: Answer): Promise<void> {
  const ask = engine.heard.findLast((it) => it.type === "ask");
  if (ask?.type !== "ask") throw new Error("nothing was asked");
  await act(async () => engine.say({ type: "answer", id: ask.id, answer: given }));
}

const asked = ({ engine }: Shown): readonly string[] =>
  engine.heard.flatMap((it) => (it.type === "ask" ? [it.call.method] : []));

async function opened(secret: Uint8Array | null = SECRET): Promise<Shown> {
  const shown = await show(<WordsDialog onClose={vi.fn<() => void>()} />);
  await answer(shown, { ok: true, value: secret });
  return shown;
}

test("[AWD1] [AWD4] the words stand in their order", async () => {
  await opened();
  const list = await screen.findByRole("list", { name: "Your 24 recovery words" });
  expect(document.activeElement?.textContent).toMatch(/^Write these 24 words on paper/u);
  const items = within(list).getAllByRole("listitem");
  expect(items.map((it) => it.textContent)).toEqual(WORDS);
});

test("[AWD2] [AWD4] [AFI1] three are asked for, a wrong one is named, and right ones confirm", async () => {
  const shown = await opened();
  fireEvent.click(await screen.findByRole("button", { name: "I have written them down" }));
  expect(screen.queryByRole("list")).toBeNull();
  const fields = screen.getAllByRole<HTMLInputElement>("textbox");
  expect(fields).toHaveLength(3);
  expect(document.activeElement?.textContent).toMatch(/^Show that the paper is complete/u);
  const places = fields.map((it) => Number(it.name.slice("word-".length)));
  expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
  fields.forEach((field, i) => {
    field.value = i === 1 ? "zebra" : ` ${(WORDS[(places[i] ?? 1) - 1] ?? "").toUpperCase()} `;
  });
  fireEvent.click(screen.getByRole("button", { name: "Confirm" }));
  expect(screen.getByRole("alert").textContent).toContain(`That is not word ${places[1]}.`);
  expect(asked(shown)).toEqual(["secret"]);
  fields[1]!.value = WORDS[(places[1] ?? 1) - 1] ?? "";
  fireEvent.click(screen.getByRole("button", { name: "Confirm" }));
  expect(asked(shown)).toEqual(["secret", "confirm"]);
  await answer(shown, { ok: true, value: undefined });
  expect(screen.getByRole("status").textContent).toContain("your paper is the only copy");
  expect(document.activeElement?.textContent).toBe("Done");
});

test("[AWD2] who is not sure sees the words again, and is asked for others", async () => {
  await opened();
  fireEvent.click(await screen.findByRole("button", { name: "I have written them down" }));
  fireEvent.click(screen.getByRole("button", { name: "Show the words again" }));
  expect(screen.getByRole("list", { name: "Your 24 recovery words" })).toBeTruthy();
});

test("[AWD3] what was written down is shown no more, and what fails is said", async () => {
  await opened(null);
  expect(screen.getByRole("status").textContent).toContain("no device keeps them any more");
  expect(screen.queryByRole("list")).toBeNull();
});

test("[AWD3] an engine that is gone is said", async () => {
  const shown = await show(<WordsDialog onClose={vi.fn<() => void>()} />);
  await answer(shown, { ok: false, error: { type: "EngineGone" } });
  expect(screen.getByRole("alert").textContent).not.toBe("");
});
