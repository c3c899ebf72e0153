import "fake-indexeddb/auto";
import { act, fireEvent, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { readRecovery } from "../../../../app/db/recovery.ts";
import { RecoveryCard } from "../../../../app/features/recovery/recovery-card.tsx";
import { RecoverySection } from "../../../../app/features/recovery/recovery-section.tsx";
import { readPreferences, setPreferences } from "../../../../app/platform/preferences.ts";
import { contact, openRows, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

beforeEach(() => setPreferences({ recoveryOffered: false }));

type Db = Awaited<ReturnType<typeof openRows>>;

async function rows(
  contacts: number,
  devices: number,
  secret: Uint8Array | null = new Uint8Array(32),
): Promise<Db> {
  const db = await openRows();
  const v = { account: US, name: "Alice", recoverySecret: secret };
  await db.table("meta").put({ k: "self", v });
  const live = Array.from({ length: devices }, (_, n) => `${n}`);
  await db.table("contacts").put(contact(US, { state: "self", live }));
  for (let n = 0; n < contacts; n += 1) {
    await db.table("contacts").put(contact(`${n}`.repeat(64)));
  }
  await db.table("contacts").put(contact("f".repeat(64), { state: "request" }));
  return db;
}

test("[ARW1] it is time with a third contact or a second device, until the words are written down", async () => {
  const due = async (...args: Parameters<typeof rows>): Promise<boolean | undefined> =>
    (await readRecovery(await rows(...args)))?.isDue;
  expect(await due(2, 1)).toBe(false);
  expect(await due(3, 1)).toBe(true);
  expect(await due(0, 2)).toBe(true);
  expect(await due(3, 2, null)).toBe(false);
  expect(await readRecovery(await openRows())).toBeNull();
});

test("[ARC1] the card comes once: it leads to the words, or is waved away", async () => {
  const onWords = vi.fn<() => void>();
  const shown = await show(<RecoveryCard isCovered={false} onWords={onWords} />, {
    db: await rows(3, 1),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Not now" }));
  expect(screen.queryByRole("region", { name: "Recovery words" })).toBeNull();
  expect(readPreferences().recoveryOffered).toBe(true);
  shown.unmount();
  setPreferences({ recoveryOffered: false });
  await show(<RecoveryCard isCovered={false} onWords={onWords} />, { db: await rows(0, 2) });
  fireEvent.click(await screen.findByRole("button", { name: "Recovery words" }));
  expect(onWords).toHaveBeenCalledOnce();
  expect(screen.queryByRole("region", { name: "Recovery words" })).toBeNull();
});

test("[ARC1] nobody is asked with little to lose, and the settings say how it stands", async () => {
  const db = await rows(1, 1);
  const onPanel = vi.fn<(panel: string) => void>();
  await show(
    <>
      <RecoveryCard isCovered={false} onWords={vi.fn<() => void>()} />
      <RecoverySection onPanel={onPanel} />
    </>,
    { db },
  );
  expect(await screen.findByText(/not written down yet/u)).toBeTruthy();
  expect(screen.getByText("This device has written no backup yet.")).toBeTruthy();
  for (const name of ["Recovery words", "Export backup", "Import backup"]) {
    fireEvent.click(screen.getByRole("button", { name }));
  }
  expect(onPanel.mock.calls).toEqual([["words"], ["export"], ["import"]]);
  const self = { account: US, name: "Alice", recoverySecret: null };
  await db.table("meta").put({ k: "self", v: self });
  await db.table("meta").put({ k: "backedUpAtMs", v: Date.UTC(2026, 4, 3) });
  expect(await screen.findByText(/You wrote your recovery words down/u)).toBeTruthy();
  expect(screen.getByText(/Last backup from this device: .*2026/u)).toBeTruthy();
});

test("[ARC2] while something lies above the card, no button of it is found", async () => {
  const onWords = vi.fn<() => void>();
  const db = await rows(3, 1);
  const open = await show(<RecoveryCard isCovered={false} onWords={onWords} />, { db });
  expect(await screen.findByRole("button", { name: "Recovery words" })).toBeTruthy();
  open.unmount();
  await show(<RecoveryCard isCovered onWords={onWords} />, { db });
  expect(await screen.findByText(/Write down 24 words/u)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Recovery words" })).toBeNull();
});

test("[ARH1] that another device had the words forgotten is said, with its name", async () => {
  const db = await rows(3, 2, null);
  const shown = await show(<RecoverySection onPanel={() => undefined} />, { db });
  await screen.findByText(/No device keeps them/u);
  expect(screen.queryByText(/If that was not you/u)).toBeNull();
  const device = "ab".repeat(16);
  await act(async () => {
    await db.table("meta").put({ k: "wordsKeptBy", v: { device, atMs: Date.UTC(2026, 0, 2, 12) } });
    await db.table("meta").put({ k: "deviceNames", v: { [device]: { name: "Old phone" } } });
  });
  await screen.findByText(/2026.*: Old phone\. If that was not you, remove that device/u);
  shown.unmount();
});
