import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { readChat } from "../../../../app/db/chats.ts";
import { channelsOf, contactsOf, rostersOf } from "../../../../app/db/tables.ts";
import { TimerButton } from "../../../../app/features/conversation/timer-dialog.tsx";
import { channel, contact, member, openRows, roster, THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const HOUR_MS = 3_600_000;
const timer = (lifetimeMs: number, from: "read" | "sent" = "read") => ({
  stamp: { hEff: 1, tie: 1, seq: 1, id: "00" },
  value: { lifetimeMs, from },
});

async function rig(lifetimeMs: number | null, from: "read" | "sent" = "read") {
  const db = await openRows();
  const row = lifetimeMs === null ? {} : { timer: timer(lifetimeMs, from) };
  await channelsOf(db).put(channel(1, { account: THEM, ...row }));
  await contactsOf(db).put(contact(THEM));
  const chat = await readChat(db, 1);
  return { shown: await show(<TimerButton chat={chat!} />, { db }) };
}

test("[ATI1] [ATI4] the header says how long messages stay, and a saved choice is asked of the engine", async () => {
  const { shown } = await rig(HOUR_MS);
  fireEvent.click(screen.getByRole("button", { name: "Disappearing messages: 1 hour" }));
  const now = screen.getByRole<HTMLInputElement>("radio", { name: "1 hour" });
  expect(now.checked).toBe(true);
  fireEvent.click(screen.getByRole("radio", { name: "4 weeks" }));
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "4 weeks" }).checked).toBe(true);
  expect(shown.engine.heard.some((it) => it.type === "ask")).toBe(false);
  save();
  const ask = shown.engine.heard.findLast((it) => it.type === "ask");
  expect(ask).toMatchObject({
    call: { part: "expiry", method: "setTimer", args: [1, 28 * 24 * HOUR_MS, "read"] },
  });
  const id = ask?.type === "ask" ? ask.id : 0;
  await act(async () =>
    shown.engine.say({
      type: "answer",
      id,
      answer: { ok: false, error: { type: "TimerInvalid" } },
    }),
  );
  await waitFor(() => expect(screen.getByText(/Choose one of the list/u)).toBeTruthy());
});

const save = (): void => void fireEvent.click(screen.getByRole("button", { name: "Save" }));

test("[ATI2] a member of a group reads what an admin set, and cannot change it", async () => {
  const db = await openRows();
  await channelsOf(db).put(channel(1, { kind: "group", account: "", timer: timer(HOUR_MS) }));
  await rostersOf(db).put(roster(1, [member(THEM, "owner"), member(US)]));
  const chat = await readChat(db, 1);
  await show(<TimerButton chat={chat!} />, { db });
  fireEvent.click(screen.getByRole("button", { name: "Disappearing messages: 1 hour" }));
  const choice = screen.getByRole<HTMLInputElement>("radio", { name: "1 hour" });
  expect(choice.checked).toBe(true);
  expect(choice.closest("fieldset")?.disabled).toBe(true);
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});

test("[ATI1] messages that stay are said to stay", async () => {
  await rig(null);
  expect(screen.getByRole("button", { name: "Disappearing messages: off" })).toBeTruthy();
});

test("[ATI3] what is counted from is shown and changed, and nothing is asked where messages stay", async () => {
  const asked = ({ engine }: Awaited<ReturnType<typeof rig>>["shown"]): unknown =>
    engine.heard.flatMap((it) => (it.type === "ask" ? [it.call.args] : []));
  const first = await rig(HOUR_MS, "sent");
  const button = screen.getByRole("button", { name: "Disappearing messages: 1 hour" });
  expect(button.title).toBe("Messages disappear 1 hour after they are sent.");
  fireEvent.click(button);
  const sent = screen.getByRole<HTMLInputElement>("radio", { name: "when they were sent" });
  expect(sent.checked).toBe(true);
  fireEvent.click(screen.getByRole("radio", { name: "when they were read" }));
  save();
  expect(asked(first.shown)).toEqual([[1, HOUR_MS, "read"]]);
  first.shown.unmount();
  const second = await rig(null);
  fireEvent.click(screen.getByRole("button", { name: "Disappearing messages: off" }));
  fireEvent.click(screen.getByRole("radio", { name: "when they were sent" }));
  save();
  expect(asked(second.shown)).toEqual([]);
  expect(screen.queryByRole("dialog")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Disappearing messages: off" }));
  fireEvent.click(screen.getByRole("radio", { name: "when they were sent" }));
  fireEvent.click(screen.getByRole("radio", { name: "1 day" }));
  save();
  expect(asked(second.shown)).toEqual([[1, 24 * HOUR_MS, "sent"]]);
});
