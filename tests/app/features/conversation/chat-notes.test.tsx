import "fake-indexeddb/auto";
import { act, waitFor, within } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import { readChat } from "../../../../app/db/chats.ts";
import { channelsOf, contactsOf, devicesOf } from "../../../../app/db/tables.ts";
import { ChatNotes } from "../../../../app/features/conversation/chat-notes.tsx";
import { channel, contact, log, openRows, THEM } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const SHOWN_AFTER_MS = 5_000;
const DAY_MS = 86_400_000;

async function shown(floor: number, resetAtMs: number) {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM));
  await channelsOf(db).add(channel(1));
  await devicesOf(db).add({
    device: "ee".repeat(16),
    account: THEM,
    sigKey: new Uint8Array(32),
    certificate: new Uint8Array(0),
    card: null,
    cardCounter: 0,
    cardAtMs: 0,
    prekeyBundle: null,
    healedAtMs: 0,
    resetAtMs,
  });
  const chat = await readChat(db, 1);
  const theirs = log(1, { account: THEM, known: { floor, ranges: [[4, 4]] } });
  const receipts = { logs: [theirs], logByNumber: new Map(), cursors: [], members: [] };
  const { container } = await show(<ChatNotes chat={chat!} receipts={receipts} />, { db });
  return within(container).getByRole("status");
}

test("[ANO1] what is missing is told when it stays so, and not at once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const notes = await shown(1, 0);
  act(() => void vi.advanceTimersByTime(SHOWN_AFTER_MS - 1));
  expect(notes.textContent).toBe("");
  act(() => void vi.advanceTimersByTime(1));
  expect(notes.textContent).toBe("2 messages have not arrived yet");
});

test("[ANO2] a session that was begun anew is told for a day", async () => {
  const notes = await shown(4, Date.now() - DAY_MS + 60_000);
  await waitFor(() => expect(notes.textContent).toMatch(/session with Bob was begun anew/u));
  const later = await shown(4, Date.now() - DAY_MS - 1);
  await act(async () => undefined);
  expect(later.textContent).toBe("");
});
