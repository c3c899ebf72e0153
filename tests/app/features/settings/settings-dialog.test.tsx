import "fake-indexeddb/auto";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import { metaOf } from "../../../../app/db/tables.ts";
import { SettingsDialog } from "../../../../app/features/settings/settings-dialog.tsx";
import { readPreferences, setPreferences } from "../../../../app/platform/preferences.ts";
import { SettingsProvider } from "../../../../app/session/settings.tsx";
import { openRows } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const none = (): void => undefined;

test("[ASG1] what is chosen lasts", async () => {
  onTestFinished(() => setPreferences({ theme: "system" }));
  const onKeys = vi.fn<() => void>();
  await show(
    <SettingsDialog
      notifications={null}
      devices={<p>my devices</p>}
      onKeys={onKeys}
      onClose={none}
    />,
  );
  await act(async () => void fireEvent.click(screen.getByRole("radio", { name: "Dark" })));
  expect(readPreferences().theme).toBe("dark");
  fireEvent.click(screen.getByRole("button", { name: "Show all shortcuts" }));
  expect(onKeys).toHaveBeenCalledOnce();
  expect(screen.getByText("my devices")).toBeDefined();
});

test("[APV1] a privacy switch follows the account's settings, and says when it could not be changed", async () => {
  const db = await openRows();
  await metaOf(db).put({ k: "settings", v: { presenceShown: true, receiptsSent: false } });
  const { engine } = await show(
    <SettingsProvider>
      <SettingsDialog notifications={null} devices={null} onKeys={none} onClose={none} />
    </SettingsProvider>,
    { db },
  );
  await screen.findByRole("checkbox", { name: "Send read receipts", checked: false });
  const presence = screen.getByRole("checkbox", { name: "Show when I am online", checked: true });
  await act(async () => void fireEvent.click(presence));
  expect(presence).toHaveProperty("checked", false);
  const call = await waitFor(() => {
    const asked = engine.heard.find((it) => it.type === "ask");
    expect(asked?.call).toEqual({ part: "rooms", method: "enter", args: ["settings"] });
    return asked;
  });
  const error = { type: "RoomsUnavailable" };
  act(() => engine.say({ type: "answer", id: call?.id ?? 0, answer: { ok: false, error } }));
  await waitFor(() => expect(presence).toHaveProperty("checked", true));
  expect(screen.getByRole("alert").textContent).not.toBe("");
  await act(async () => {
    await metaOf(db).put({ k: "settings", v: { presenceShown: false, receiptsSent: true } });
  });
  await waitFor(() => expect(presence).toHaveProperty("checked", false));
});
