import "fake-indexeddb/auto";
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { contactsOf } from "../../../../app/db/tables.ts";
import { HistoryPage } from "../../../../app/features/devices/history-page.tsx";
import { US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";
import { type Stage, stage } from "./stage.ts";

const pageOf = async ({ db }: Stage, onLink: () => void = () => undefined): Promise<void> => {
  const backup = <button type="button">Export backup</button>;
  await show(<HistoryPage isCovered={false} onLink={onLink} backup={backup} />, { db });
};

test("[AHI3] this device is the only copy where there is no other, and the page says what to do", async () => {
  const at = await stage();
  await contactsOf(at.db).update(US, { live: [at.phone] });
  const onLink = vi.fn<() => void>();
  await pageOf(at, onLink);
  await screen.findByRole("heading", { name: "This device is the only copy" });
  fireEvent.click(screen.getByRole("button", { name: "Link a device" }));
  expect(onLink).toHaveBeenCalledOnce();
  expect(screen.getByRole("button", { name: "Export backup" })).toBeDefined();
});

test("[AHI1] [AHI2] [AHI3] [AHP1] the page says who holds what, and how much this device alone holds", async () => {
  await pageOf(await stage({ laptopLacks: 3 }));
  const heading = screen.getByRole("heading", { level: 1, name: "Where my history lives" });
  expect(document.activeElement).toBe(heading);
  await screen.findByRole("heading", { name: "3 entries are on this device alone" });
  expect(screen.queryByRole("button", { name: "Link a device" })).toBeNull();
  const devices = screen.getByRole("region", { name: "My devices" });
  const lines = within(devices).getAllByRole("listitem");
  expect(lines.map((it) => it.querySelector(".copy-share")?.textContent)).toEqual([
    "15 entries",
    "3 behind",
    "nothing yet, as far as it has told",
  ]);
  const chats = screen.getByRole("region", { name: "Chats and their people" });
  expect(within(chats).getByText("12 of 15", { exact: false })).toBeDefined();
  expect(within(chats).getByText("Note to self")).toBeDefined();
});
