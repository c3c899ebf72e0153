import "fake-indexeddb/auto";
import { act, fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { contactsOf } from "../../../app/db/tables.ts";
import { Strips } from "../../../app/shell/strips.tsx";
import { contact, US } from "../db/rows.ts";
import { stage } from "../features/devices/stage.ts";
import { CALM, show } from "../screen.tsx";

test("[ARM1] [ASN1] a removed device says so, offers to erase, and waits for no relay", async () => {
  const { db, laptop } = await stage();
  const onErase = vi.fn<() => void>();
  const { engine } = await show(<Strips isLeaving={false} onErase={onErase} />, { db });
  const refused = { type: "offline", why: "refused", retryAtMs: 0 } as const;
  await act(async () => engine.say({ type: "status", status: { ...CALM, connection: refused } }));
  expect(screen.queryByRole("alert")).toBeNull();
  expect(await screen.findByText(/relay does not take this device/u)).toBeTruthy();
  await act(async () => {
    await contactsOf(db).put(contact(US, { state: "self", live: [laptop] }));
  });
  await screen.findByText(/This device was removed from your account/u);
  expect(screen.queryByText(/relay does not take this device/u)).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Erase this device" }));
  expect(onErase).toHaveBeenCalledOnce();
});

test("[ASN1] whoever is signing out is not told that they are out", async () => {
  const { db, laptop } = await stage();
  await contactsOf(db).put(contact(US, { state: "self", live: [laptop] }));
  const { container } = await show(<Strips isLeaving onErase={vi.fn<() => void>()} />, { db });
  await act(async () => undefined);
  expect(container.textContent).not.toContain("removed from your account");
});
