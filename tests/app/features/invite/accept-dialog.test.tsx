import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { AcceptDialog } from "../../../../app/features/invite/accept-dialog.tsx";
import { THEM } from "../../db/rows.ts";
import { show, type Shown } from "../../screen.tsx";
import { GROUP, groupDb, membersAs } from "../groups/stage.ts";

const LINK = "https://relay.example/#A4AAAA";

const LINK_ROW = {
  tag: "00".repeat(16),
  fragment: "A4AAAA",
  by: THEM,
  madeAtMs: 0,
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  uses: 1,
  used: 1,
  approval: false,
  refused: [],
};

async function shown(link: string): Promise<Shown> {
  const app = await show(
    <AcceptDialog link={link} onClose={() => undefined} onOpened={() => undefined} />,
  );
  await screen.findByRole("dialog");
  return app;
}

/** A link into a group that one is not in: what that is called is asked a moment after the dialog is there. */
async function shownAsking(): Promise<Shown> {
  const app = await shown(LINK);
  await waitFor(() => expect(asked(app)).toEqual(["look"]));
  return app;
}

const asked = ({ engine }: Shown): readonly string[] =>
  engine.heard.flatMap((it) => (it.type === "ask" ? [it.call.method] : []));
async function answer({ engine }: Shown, value: unknown): Promise<void> {
  const last = engine.heard.findLast((it) => it.type === "ask");
  const id = last?.type === "ask" ? last.id : 0;
  await act(async () => engine.say({ type: "answer", id, answer: value as never }));
}

test("[AAJ1] before a link into a group is used it is asked, and nobody is told anything", async () => {
  const app = await shownAsking();
  const unnamed = "Join the group that this link leads to?";
  expect(screen.getByRole("dialog", { name: unnamed })).toBeTruthy();
  await answer(app, { ok: true, value: { name: null, elsewhere: null } });
  expect(screen.getByRole("dialog", { name: unnamed })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Join group" }));
  await waitFor(() => expect(asked(app)).toEqual(["look", "acceptInvite"]));
  expect(app.engine.heard.at(-1)).toMatchObject({ call: { args: [LINK] } });
});

test("[AAJ4] [AGP5] a link into a group that one is in leads there, and asks nobody", async () => {
  const link = { ...LINK_ROW, over: "used" as const };
  const db = await groupDb(membersAs("member", "owner"), { links: [link] });
  const onOpened = vi.fn<(c: number) => void>();
  const app = await show(
    <AcceptDialog link={LINK} onClose={() => undefined} onOpened={onOpened} />,
    { db },
  );
  await screen.findByRole("dialog", { name: /^You are in the group “.+” already$/u });
  expect(asked(app)).toEqual([]);
  fireEvent.click(screen.getByRole("button", { name: "Open chat" }));
  expect(onOpened).toHaveBeenCalledWith(GROUP);
});

test("[AAJ2] the group is named where our relay knows it, harmlessly", async () => {
  await answer(await shownAsking(), {
    ok: true,
    value: { name: "Ropes\u202Eseporg", elsewhere: null },
  });
  expect(screen.getByRole("dialog", { name: "Join the group “Ropesseporg”?" })).toBeTruthy();
});

test("[AAJ2] a link that leads nowhere says so at once", async () => {
  await answer(await shownAsking(), { ok: false, error: { type: "InviteNotFound" } });
  expect(screen.getByRole("alert").textContent).toMatch(/used up or withdrawn/u);
});

test("[AAJ1] a link to a person asks whether to chat with them", async () => {
  const app = await shown("https://relay.example/#AQAAAA");
  expect(screen.getByRole("button", { name: "Open the chat" })).toBeTruthy();
  expect(asked(app)).toEqual([]);
});

test("[AAJ3] another relay is asked what the group is called when the person wants that, and not before", async () => {
  const app = await shownAsking();
  expect(app.engine.heard.at(-1)).toMatchObject({ call: { method: "look", args: [LINK, false] } });
  const elsewhere = "https://other.example";
  await answer(app, { ok: true, value: { name: null, elsewhere } });
  expect(screen.getByText(/leads to another relay, other\.example/u)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Ask what it is called" }));
  expect(app.engine.heard.at(-1)).toMatchObject({ call: { method: "look", args: [LINK, true] } });
  await answer(app, { ok: true, value: { name: "Ropes", elsewhere: null } });
  expect(screen.getByRole("dialog", { name: "Join the group “Ropes”?" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Ask what it is called" })).toBeNull();
});

test("[AAJ3] that relay can be asked again when it did not answer", async () => {
  const app = await shownAsking();
  await answer(app, { ok: true, value: { name: null, elsewhere: "https://other.example" } });
  const askIt = (): boolean =>
    fireEvent.click(screen.getByRole("button", { name: "Ask what it is called" }));
  askIt();
  await answer(app, { ok: false, error: { type: "RelayUnreachable" } });
  expect(screen.getByRole("alert").textContent).not.toBe("");
  askIt();
  expect(asked(app)).toEqual(["look", "look", "look"]);
  expect(screen.getByRole("alert").textContent).toBe("");
});
