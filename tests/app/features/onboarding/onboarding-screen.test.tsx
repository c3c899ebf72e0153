import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, onTestFinished, test } from "vitest";

import type { Answer } from "../../../../app/engine/calls.ts";
import { newcomerOf } from "../../../../app/features/onboarding/newcomer.ts";
import { OnboardingScreen } from "../../../../app/features/onboarding/onboarding-screen.tsx";
import { speak } from "../../../../app/text/speech.ts";
import { type EngineEnd, openDoor } from "../../screen.tsx";

beforeEach(() => {
  speak("en", ["en"]);
  globalThis.matchMedia = (query) => ({ matches: false, media: query }) as MediaQueryList;
});

async function begin(link: string | null): Promise<{
  readonly engine: EngineEnd;
  readonly started: (number | null)[];
  readonly links: readonly string[];
  readonly answer: (answer: Answer) => Promise<void>;
}> {
  const { device, engine } = await openDoor();
  const started: (number | null)[] = [];
  const links: string[] = [];
  render(
    <OnboardingScreen
      newcomer={newcomerOf(device, link)}
      slow={false}
      onLink={() => links.push("link")}
      onRestore={() => links.push("restore")}
      onStarted={(c) => started.push(c)}
    />,
  );
  onTestFinished(cleanup);
  engine.say({ type: "ready", life: "life" });
  const answer = async (given: Answer): Promise<void> => {
    const ask = engine.heard.findLast((it) => it.type === "ask");
    if (ask?.type !== "ask") throw new Error("nothing was asked");
    await act(async () => engine.say({ type: "answer", id: ask.id, answer: given }));
  };
  return { engine, started, links, answer };
}

function typeName(name: string): void {
  fireEvent.input(screen.getByRole("textbox", { name: "Your name" }), { target: { value: name } });
  fireEvent.click(screen.getByRole("button", { name: "Start" }));
}
const done: Answer = { ok: true, value: undefined };

test("[AON1] a name and Start, and the person is in", async () => {
  const { engine, started, answer } = await begin(null);
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Your name" }));
  typeName("  Alice ");
  expect(engine.heard.at(-1)).toMatchObject({ call: { method: "start", args: ["Alice"] } });
  await answer(done);
  await waitFor(() => expect(started).toEqual([null]));
});

test("[AON1] with an invite the same two actions lead into the chat", async () => {
  const { engine, started, answer } = await begin("https://relay.example/#invite");
  expect(screen.getByRole("heading").textContent).toMatch(/You were invited/u);
  typeName("Bob");
  await answer(done);
  expect(engine.heard.at(-1)).toMatchObject({
    call: { method: "acceptInvite", args: ["https://relay.example/#invite"] },
  });
  await answer({ ok: true, value: { c: 2 } });
  await waitFor(() => expect(started).toEqual([2]));
});

test("[AON2] a name that will not do is refused in words, and stays", async () => {
  const { started, answer } = await begin(null);
  typeName("");
  await answer({ ok: false, error: { type: "NameEmpty" } });
  expect(screen.getByRole("alert").textContent).toBe("Type a name first.");
  typeName("x".repeat(300));
  await answer({ ok: false, error: { type: "NameTooLong", limit: 128 } });
  expect(screen.getByRole("alert").textContent).toContain("128");
  expect(screen.getByRole<HTMLInputElement>("textbox").value).toHaveLength(300);
  expect(started).toEqual([]);
});

test("[AON3] an invite that does not open says why, and can be left behind", async () => {
  const { engine, started, answer } = await begin("https://relay.example/#used");
  typeName("Bob");
  await answer(done);
  await answer({ ok: false, error: { type: "RelayUnreachable" } });
  expect(await screen.findByText(/cannot be reached/u)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(engine.heard.at(-1)).toMatchObject({ call: { method: "acceptInvite" } });
  await answer({ ok: false, error: { type: "InviteNotFound" } });
  fireEvent.click(await screen.findByRole("button", { name: "Go on without it" }));
  expect(started).toEqual([null]);
});

test("[AON4] a second tab that was quicker is no failure", async () => {
  const { started, answer } = await begin(null);
  typeName("Alice");
  await answer({ ok: false, error: { type: "AlreadyStarted" } });
  await waitFor(() => expect(started).toEqual([null]));
});

test("[AON5] who has Kith on another device links it instead, and who lost theirs restores it", async () => {
  const { links, engine } = await begin(null);
  fireEvent.click(screen.getByRole("button", { name: "Link another device" }));
  fireEvent.click(screen.getByRole("button", { name: "Restore" }));
  expect(links).toEqual(["link", "restore"]);
  expect(engine.heard.some((it) => it.type === "ask")).toBe(false);
});
