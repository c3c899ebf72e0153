/** The ways from a chat's header to what there is to know of it. */
import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { Conversation } from "../../../../app/features/conversation/conversation.tsx";
import { JUST_MADE } from "../../../../app/session/just-made.ts";
import { show } from "../../screen.tsx";
import { BOB_CHAT, GROUP, groupDb } from "../groups/stage.ts";

const details = (): HTMLElement | null =>
  screen.queryByRole("complementary", { name: "Group details" });
const group = async (): Promise<void> => {
  await show(<Conversation c={GROUP} />, { db: await groupDb() });
  await screen.findByRole("textbox", { name: "Message" });
};

afterEach(() => {
  history.replaceState(null, "");
  vi.unstubAllGlobals();
});

test("[AHE3] [AGD5] who presses a group's name has its details, and is led to them when pressed again", async () => {
  await group();
  expect(details()).toBeNull();
  fireEvent.click(screen.getByRole("heading", { level: 1 }));
  await screen.findByRole("list", { name: "Members" });
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Hide details" }));
  screen.getByRole("textbox", { name: "Message" }).focus();
  fireEvent.click(screen.getByRole("button", { name: "Group details" }));
  expect(details()).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Group details" }));
  fireEvent.click(screen.getByRole("button", { name: "Hide details" }));
  expect(details()).toBeNull();
});

test("[AHE3] who presses a person's name has the safety number, and what is pressed there opens no more", async () => {
  await show(<Conversation c={BOB_CHAT} />, { db: await groupDb() });
  fireEvent.click(await screen.findByRole("heading", { level: 1 }));
  const dialog = await screen.findByRole("dialog");
  fireEvent.click(dialog.querySelector("h2")!);
  expect(screen.getAllByRole("dialog")).toHaveLength(1);
  fireEvent.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("[AGD4] beside a group that was just made its details stand open once, and the composer has the focus", async () => {
  const wide = (matches: boolean): void =>
    void vi.stubGlobal("matchMedia", (media: string) =>
      Object.assign(new EventTarget(), { media, matches: matches && media.includes("min-width") }),
    );
  wide(false);
  history.replaceState(JUST_MADE, "");
  await group();
  expect(details()).toBeNull();

  wide(true);
  history.replaceState(JUST_MADE, "");
  await group();
  await screen.findByRole("list", { name: "Members" });
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Message");
  expect(history.state).toBeNull();
  // Who writes meanwhile goes on writing.
  fireEvent.keyDown(document.activeElement!, { key: "Escape" });
  await waitFor(() => expect(details()).toBeNull());
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Message");
});
