import "fake-indexeddb/auto";
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { contactsOf } from "../../../../app/db/tables.ts";
import { SignOutDialog } from "../../../../app/features/devices/sign-out-dialog.tsx";
import { US } from "../../db/rows.ts";
import { CALM, show } from "../../screen.tsx";
import { called, stage } from "./stage.ts";

const none = (): void => undefined;

test("[ASO1] signing out says where all of it stays, or that this is the only copy", async () => {
  const whole = await stage();
  const dialog = <SignOutDialog backup={<p>write a backup</p>} onErase={none} onClose={none} />;
  const first = await show(dialog, { db: whole.db });
  await screen.findByText("All of it stays on: Laptop.");
  expect(screen.queryByText("write a backup")).toBeNull();
  first.unmount();
  const lacking = await stage({ laptopLacks: 1 });
  await show(dialog, { db: lacking.db });
  await screen.findByText(/^1 entry is on this device alone/u);
  expect(screen.getByText("write a backup")).toBeDefined();
  cleanup();
  const alone = await stage();
  await contactsOf(alone.db).update(US, { live: [alone.phone] });
  await show(dialog, { db: alone.db });
  await screen.findByText(/No other device of yours holds all of this/u);
  expect(screen.getByText("write a backup")).toBeDefined();
});

test("[ASO1] a device that was put out is erased, and nobody is said to be told", async () => {
  const { db, laptop } = await stage();
  await contactsOf(db).update(US, { live: [laptop] });
  await show(<SignOutDialog backup={null} onErase={none} onClose={none} />, { db });
  await screen.findByRole("button", { name: "Erase now" });
  expect(screen.getByText(/Everything that Kith keeps/u).textContent).not.toMatch(/are told/u);
});

test("[ADG1] [ASO2] while the others are told nothing closes the dialog", async () => {
  const { db } = await stage();
  const onClose = vi.fn<() => void>();
  const shown = await show(<SignOutDialog backup={null} onErase={none} onClose={onClose} />, {
    db,
  });
  fireEvent.click(await screen.findByRole("button", { name: "Sign out and erase" }));
  const dialog = screen.getByRole<HTMLDialogElement>("dialog");
  expect(screen.queryByRole("button", { name: "Close" })).toBeNull();
  // Escape: the first can be kept from closing it, another cannot.
  expect(fireEvent(dialog, new Event("cancel", { cancelable: true }))).toBe(false);
  dialog.close();
  fireEvent(dialog, new Event("close"));
  expect(dialog.open).toBe(true);
  expect(onClose).not.toHaveBeenCalled();
  (await called(shown, "leave"))({ ok: true, value: { isTold: false, isForgotten: false } });
  await screen.findByText(/Not everybody could be told/u);
  expect(fireEvent(dialog, new Event("cancel", { cancelable: true }))).toBe(true);
  fireEvent(dialog, new Event("close"));
  expect(onClose).toHaveBeenCalledOnce();
});

test("[ASO2] [ASO3] the others are told before anything is erased, and when they cannot be, it is said", async () => {
  const { db } = await stage();
  const onErase = vi.fn<() => void>();
  const shown = await show(<SignOutDialog backup={null} onErase={onErase} onClose={none} />, {
    db,
  });
  const body = (): string => screen.getByText(/Everything that Kith keeps/u).textContent;
  expect(body()).toMatch(/are told/u);
  act(() =>
    shown.engine.say({
      type: "status",
      status: { ...CALM, connection: { type: "offline", retryAtMs: 0, why: "unreachable" } },
    }),
  );
  await screen.findByText(/There is no connection now/u);
  expect(body()).not.toMatch(/are told/u);
  fireEvent.click(screen.getByRole("button", { name: "Sign out and erase" }));
  expect(onErase).not.toHaveBeenCalled();
  const answer = { isTold: false, isForgotten: false };
  (await called(shown, "leave"))({ ok: true, value: answer });
  await screen.findByText(/Not everybody could be told/u);
  expect(onErase).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Erase now" }));
  expect(onErase).toHaveBeenCalledOnce();
});

test("[ASO2] told, it is erased without another word", async () => {
  const { db } = await stage();
  const onErase = vi.fn<() => void>();
  const shown = await show(<SignOutDialog backup={null} onErase={onErase} onClose={none} />, {
    db,
  });
  fireEvent.click(await screen.findByRole("button", { name: "Sign out and erase" }));
  (await called(shown, "leave"))({ ok: true, value: { isTold: true, isForgotten: true } });
  await waitFor(() => expect(onErase).toHaveBeenCalledOnce());
});
