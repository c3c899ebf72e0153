import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { DevicesSection } from "../../../../app/features/devices/devices-section.tsx";
import { show, type Shown } from "../../screen.tsx";
import { argsOf, called, type Stage, stage } from "./stage.ts";

const none = (): void => undefined;

async function section(): Promise<{ shown: Shown; at: Stage }> {
  const at = await stage();
  const shown = await show(<DevicesSection onLink={none} onSignOut={none} onHistory={none} />, {
    db: at.db,
  });
  await screen.findByText("Laptop");
  return { shown, at };
}

test("[ADS1] each device says what it is, and every other one can be removed", async () => {
  await section();
  const list = screen.getByRole("list", { name: "Your devices" });
  const items = within(list).getAllByRole("listitem");
  expect(items).toHaveLength(3);
  expect(items[0]?.textContent).toContain("This device");
  expect(items[1]?.textContent).toContain("last heard of");
  expect(items[2]?.textContent).toContain("not heard of yet");
  expect(within(list).queryByRole("button", { name: "Remove Firefox, Linux" })).toBeNull();
  expect(within(list).getByRole("button", { name: "Remove Laptop" })).toBeDefined();
});

test("[ADS1] [ANM1] a device is renamed, and a name that will not do is refused in words", async () => {
  const { shown, at } = await section();
  fireEvent.click(screen.getByRole("button", { name: "Rename Laptop" }));
  const field = screen.getByRole("textbox", { name: "Device name" });
  fireEvent.input(field, { target: { value: " " } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  (await called(shown, "rename"))({ ok: false, error: { type: "NameEmpty" } });
  await screen.findByText("Type a name first.");
  fireEvent.input(field, { target: { value: "Work laptop" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(argsOf(shown, "rename")).toEqual([at.laptop, "Work laptop"]));
  (await called(shown, "rename"))({ ok: true, value: undefined });
  await waitFor(() => expect(screen.queryByRole("textbox")).toBeNull());
});

test("[ARU1] who removes a device says what of its kin stays", async () => {
  const { shown, at } = await section();
  fireEvent.click(screen.getByRole("button", { name: "Remove Laptop" }));
  const kept = screen.getByRole("checkbox", { name: "Device without a name" });
  expect(kept).toHaveProperty("checked", true);
  fireEvent.click(kept);
  fireEvent.click(screen.getByRole("button", { name: "Remove the device" }));
  await waitFor(() => expect(argsOf(shown, "revoke")).toEqual([at.laptop, []]));
  (await called(shown, "revoke"))({ ok: false, error: { type: "DeviceRemoved" } });
  await screen.findByText(/was removed from your account itself/u);
});

test("[ARU1] [ADS3] what asked for the removal goes, and the focus is at the heading", async () => {
  const { shown } = await section();
  screen.getByRole("button", { name: "Remove Laptop" }).focus();
  fireEvent.click(screen.getByRole("button", { name: "Remove Laptop" }));
  fireEvent.click(screen.getByRole("button", { name: "Remove the device" }));
  (await called(shown, "revoke"))({ ok: true, value: undefined });
  await screen.findByText("Laptop is removed.");
  expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Devices" }));
});

test("[ADS2] the person's name is changed from there", async () => {
  const { shown } = await section();
  fireEvent.click(screen.getByRole("button", { name: "Change my name" }));
  const field = screen.getByRole("textbox", { name: "My name" });
  expect(field).toHaveProperty("value", "Alice");
  fireEvent.input(field, { target: { value: "Alice B." } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(argsOf(shown, "callMe")).toEqual(["Alice B."]));
  const link = screen.getByRole("link", { name: "Where my history lives" });
  expect(link.getAttribute("href")).toBe("/history");
});
