import { act, fireEvent, screen } from "@testing-library/react";
import { expect, onTestFinished, test, vi } from "vitest";

import { SettingsDialog } from "../../../../app/features/settings/settings-dialog.tsx";
import { readPreferences, setPreferences } from "../../../../app/platform/preferences.ts";
import { show } from "../../screen.tsx";

test("[ASG1] what is chosen lasts", async () => {
  onTestFinished(() => setPreferences({ theme: "system", presenceShown: true }));
  const onKeys = vi.fn<() => void>();
  const onLink = vi.fn<() => void>();
  await show(
    <SettingsDialog
      notifications={null}
      onLink={onLink}
      onKeys={onKeys}
      onClose={() => undefined}
    />,
  );
  const presence = screen.getByRole("checkbox", { name: "Show when I am online", checked: true });
  await act(async () => void fireEvent.click(presence));
  expect(readPreferences().presenceShown).toBe(false);
  await act(async () => void fireEvent.click(screen.getByRole("radio", { name: "Dark" })));
  expect(readPreferences().theme).toBe("dark");
  fireEvent.click(screen.getByRole("button", { name: "Show all shortcuts" }));
  expect(onKeys).toHaveBeenCalledOnce();
  fireEvent.click(screen.getByRole("button", { name: "Link a device" }));
  expect(onLink).toHaveBeenCalledOnce();
});
