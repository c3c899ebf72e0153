import "fake-indexeddb/auto";
import { act, fireEvent, waitFor, within } from "@testing-library/react";
import type { Dexie } from "dexie";
import { useEffect, useState } from "react";
import { expect, onTestFinished, test, vi } from "vitest";

import { readChat } from "../../../../app/db/chats.ts";
import type { Spot } from "../../../../app/db/looks.ts";
import {
  channelsOf,
  contactsOf,
  devicesOf,
  entriesOf,
  forksOf,
  healedOf,
} from "../../../../app/db/tables.ts";
import { ChatNotes } from "../../../../app/features/conversation/chat-notes.tsx";
import { channel, contact, entry, log, openRows, THEM, US } from "../../db/rows.ts";
import { CALM, show } from "../../screen.tsx";

const SHOWN_AFTER_MS = 5_000;
const DAY_MS = 86_400_000;
const URL_OF_RELAY = "https://relay.example";

async function shown(floor: number, resetAtMs: number, prepare?: (db: Dexie) => Promise<unknown>) {
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
  await prepare?.(db);
  const chat = (await readChat(db, 1))!;
  const theirs = log(1, { account: THEM, known: { floor, ranges: [[4, 4]] } });
  const receipts = {
    logs: [theirs],
    logByNumber: new Map([[1, theirs]]),
    cursors: [],
    members: [],
  };
  const people = new Map([[THEM, "Bob"]]);
  const gone: Spot[] = [];
  let arrive: (arrivals: number) => void = () => undefined;
  function Notes() {
    const [arrivals, setArrivals] = useState(1);
    useEffect(() => {
      arrive = setArrivals;
    }, []);
    return (
      <ChatNotes
        chat={{ ...chat, arrivals, lastH: 90 }}
        receipts={receipts}
        people={people}
        onGo={(spot) => gone.push(spot)}
      />
    );
  }
  const rendered = await show(<Notes />, { db });
  const notes = within(rendered.container).getByRole("status");
  return { ...rendered, db, notes, gone, arrive: (n: number) => act(() => arrive(n)) };
}

test("[ANO1] what is missing is told when it stays so, and not at once", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { notes } = await shown(1, 0);
  act(() => void vi.advanceTimersByTime(SHOWN_AFTER_MS - 1));
  expect(notes.textContent).toBe("");
  act(() => void vi.advanceTimersByTime(1));
  expect(notes.textContent).toBe("2 messages have not arrived yet");
});

test("[ANO8] [AMM5] groups of theirs that we were not put into are said, and what leads there", async () => {
  const { notes, db } = await shown(4, 0, (rows) =>
    contactsOf(rows).put({ ...contact(THEM), groupsDeclined: ["ab".repeat(16)] }),
  );
  await waitFor(() => expect(notes.textContent).toMatch(/added you to 32 groups .* or leave it/u));
  await act(() => contactsOf(db).put(contact(THEM)));
  await waitFor(() => expect(notes.textContent).toBe(""));
});

test("[ANO5] what nobody could supply yet is said to be looked for", async () => {
  const { notes, engine } = await shown(4, 0);
  act(() => engine.say({ type: "status", status: { ...CALM, missing: { 1: 3 } } }));
  await waitFor(() =>
    expect(notes.textContent).toBe("3 messages are missing. Kith is looking for them."),
  );
  act(() => engine.say({ type: "status", status: { ...CALM, missing: { 2: 3 } } }));
  await waitFor(() => expect(notes.textContent).toBe(""));
});

test("[ANO2] a session that was begun anew is told for a day", async () => {
  const { notes } = await shown(4, Date.now() - DAY_MS + 60_000);
  await waitFor(() => expect(notes.textContent).toMatch(/session with Bob was begun anew/u));
  const later = await shown(4, Date.now() - DAY_MS - 1);
  await act(async () => undefined);
  expect(later.notes.textContent).toBe("");
});

test("[ANO3] who brought back what a relay had not delivered is told for a day", async () => {
  const row = { c: 1, url: URL_OF_RELAY };
  const { notes } = await shown(4, 0, (db) =>
    healedOf(db).bulkAdd([
      { ...row, account: THEM, count: 30, lately: 9, lastAtMs: Date.now() },
      { ...row, account: US, count: 3, lately: 3, lastAtMs: Date.now() },
      { ...row, account: "cc".repeat(32), count: 7, lately: 7, lastAtMs: Date.now() - DAY_MS - 1 },
    ]),
  );
  await waitFor(() =>
    expect(notes.textContent).toBe(
      "relay.example had not delivered 12 messages. Brought back by Bob (9) and your other device (3).",
    ),
  );
});

test("[ALA1] [ALA2] [ANO4] older messages that come in are counted, and one press leads to the first", async () => {
  const { notes, db, gone, arrive } = await shown(4, 0, (rows) =>
    entriesOf(rows).add(entry(1, { arr: 1, h: 5, late: true })),
  );
  await entriesOf(db).bulkAdd([
    entry(2, { arr: 2, h: 20, late: true }),
    entry(3, { arr: 3, h: 21 }),
    entry(9, { a: 2, arr: 4, h: 10, late: true, id: "FIRST" }),
  ]);
  arrive(4);
  await waitFor(() => expect(notes.textContent).toBe("3 older messages came in Show Got it"));
  fireEvent.click(within(notes).getByRole("button", { name: "Show" }));
  expect(gone.map(({ id }) => id)).toEqual(["FIRST"]);
  await waitFor(() => expect(notes.textContent).toBe(""));
  await entriesOf(db).add(entry(10, { a: 2, arr: 5, h: 11, late: true }));
  arrive(5);
  fireEvent.click(await within(notes).findByRole("button", { name: "Got it" }));
  await waitFor(() => expect(notes.textContent).toBe(""));
  expect(gone).toHaveLength(1);
});

test("[AMM4] [ANO7] who was not found for a day is to be asked for a new link", async () => {
  const lost = async (deniedAtMs: number) =>
    shown(4, 0, async (db) => {
      const [device] = await devicesOf(db).toArray();
      await contactsOf(db).update(THEM, { live: [device!.device] });
      await devicesOf(db).put({ ...device!, deniedAtMs });
    });
  const { notes, db } = await lost(Date.now() - DAY_MS - 1);
  await waitFor(() => expect(notes.textContent).toMatch(/^Bob is not where .*new invite link/u));
  // Another device of theirs is where it was.
  const [device] = await devicesOf(db).toArray();
  const { deniedAtMs: _, ...there } = device!;
  await devicesOf(db).put({ ...there, device: "ef".repeat(16) });
  await contactsOf(db).update(THEM, { live: [device!.device, "ef".repeat(16)] });
  await waitFor(() => expect(notes.textContent).toBe(""));
  const fresh = await lost(Date.now() - DAY_MS + 60_000);
  await act(async () => undefined);
  expect(fresh.notes.textContent).toBe("");
});

test("[ANO6] a forked log is told with both things that it says", async () => {
  const none = new Uint8Array(0);
  const fork = { a: 1, c: 1, s: 3, first: none, second: none, says: ["yes", "no"] as const };
  const { notes } = await shown(4, 0, (db) => forksOf(db).add({ ...fork, foundAtMs: Date.now() }));
  await waitFor(() =>
    expect(notes.textContent).toMatch(/^A device of Bob said two different things.*“yes”.*“no”/u),
  );
});
