import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { channelsOf, contactsOf, metaOf } from "../../../../app/db/tables.ts";
import { DevicesSection } from "../../../../app/features/devices/devices-section.tsx";
import { HistoryPage } from "../../../../app/features/devices/history-page.tsx";
import { HistoryStrip } from "../../../../app/features/devices/history-strip.tsx";
import { RemovedStrip } from "../../../../app/features/devices/removed-strip.tsx";
import { SignOutDialog } from "../../../../app/features/devices/sign-out-dialog.tsx";
import { channel, contact, US } from "../../db/rows.ts";
import { CALM, show, type Shown } from "../../screen.tsx";
import { type Stage, stage } from "./stage.ts";

const none = (): void => undefined;

/** What was called in the engine, and a way to answer it. */
async function called({ engine }: Shown, method: string): Promise<(answer: unknown) => void> {
  const ask = await waitFor(() => {
    const found = engine.heard.findLast((it) => it.type === "ask" && it.call.method === method);
    expect(found).toBeDefined();
    return found;
  });
  return (answer) => {
    const id = ask?.type === "ask" ? ask.id : 0;
    act(() => engine.say({ type: "answer", id, answer: answer as never }));
  };
}
const argsOf = ({ engine }: Shown, method: string): readonly unknown[] | undefined => {
  const ask = engine.heard.findLast((it) => it.type === "ask" && it.call.method === method);
  return ask?.type === "ask" ? ask.call.args : undefined;
};

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

test("[ARV1] who removes a device says what of its kin stays", async () => {
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

test("[ASO1] signing out says where all of it stays, or that this is the only copy", async () => {
  const whole = await stage();
  const dialog = <SignOutDialog backup={<p>write a backup</p>} onErase={none} onClose={none} />;
  const first = await show(dialog, { db: whole.db });
  await screen.findByText("All of it stays on: Laptop.");
  expect(screen.queryByText("write a backup")).toBeNull();
  first.unmount();
  const lacking = await stage({ laptopLacks: 1 });
  await show(dialog, { db: lacking.db });
  await screen.findByText(/No other device of yours holds all of this/u);
  expect(screen.getByText("write a backup")).toBeDefined();
});

test("[ASO2] the others are told before anything is erased, and when they cannot be, it is said", async () => {
  const { db } = await stage();
  const onErase = vi.fn<() => void>();
  const shown = await show(<SignOutDialog backup={null} onErase={onErase} onClose={none} />, {
    db,
  });
  act(() =>
    shown.engine.say({
      type: "status",
      status: { ...CALM, connection: { type: "offline", retryAtMs: 0, why: "unreachable" } },
    }),
  );
  await screen.findByText(/There is no connection now/u);
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

test("[ARS1] a removed device says so, and offers to erase", async () => {
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

test("[AHI4] the bar is determinate, and says its figures", async () => {
  const { db } = await stage();
  await channelsOf(db).put(channel(1, { history: "wanted" }));
  await metaOf(db).put({ k: "presync", v: { ["1".padStart(32, "0")]: 60 } });
  await show(<HistoryStrip />, { db });
  const bar = await screen.findByRole("progressbar", { name: "Your history is arriving" });
  expect([bar.getAttribute("value"), bar.getAttribute("max")]).toEqual(["15", "60"]);
  expect(bar.getAttribute("aria-valuetext")).toBe("15 of 60 entries are here");
});

test("[AHI1] [AHI2] [AHI3] the page says who holds what, and what to do", async () => {
  const { db } = await stage({ laptopLacks: 3 });
  const onLink = vi.fn<() => void>();
  await show(
    <HistoryPage onLink={onLink} backup={<button type="button">Export backup</button>} />,
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
