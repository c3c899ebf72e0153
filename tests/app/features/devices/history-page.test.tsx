import "fake-indexeddb/auto";
import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { HistoryPage } from "../../../../app/features/devices/history-page.tsx";
import { show } from "../../screen.tsx";
import { stage } from "./stage.ts";

test("[AHI1] [AHI2] [AHI3] the page says who holds what, and what to do", async () => {
  const { db } = await stage({ laptopLacks: 3 });
  const onLink = vi.fn<() => void>();
  await show(
    <HistoryPage
      isCovered={false}
      onLink={onLink}
      backup={<button type="button">Export backup</button>}
    />,
    {
      db,
    },
  );
  expect(screen.getByRole("heading", { level: 1, name: "Where my history lives" })).toBeDefined();
  await screen.findByRole("heading", { name: "This device is the only copy" });
  fireEvent.click(screen.getByRole("button", { name: "Link a device" }));
  expect(onLink).toHaveBeenCalledOnce();
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
