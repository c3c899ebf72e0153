import "fake-indexeddb/auto";
import { act, fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { contactsOf } from "../../../../app/db/tables.ts";
import { RemovedStrip } from "../../../../app/features/devices/removed-strip.tsx";
import { contact, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";
import { stage } from "./stage.ts";

test("[ARM1] a removed device says so, and offers to erase", async () => {
  const { db, laptop } = await stage();
  const onErase = vi.fn<() => void>();
  await show(<RemovedStrip onErase={onErase} />, { db });
  expect(screen.queryByRole("alert")).toBeNull();
  await act(async () => {
    await contactsOf(db).put(contact(US, { state: "self", live: [laptop] }));
  });
  await screen.findByText(/This device was removed from your account/u);
  fireEvent.click(screen.getByRole("button", { name: "Erase this device" }));
  expect(onErase).toHaveBeenCalledOnce();
});
