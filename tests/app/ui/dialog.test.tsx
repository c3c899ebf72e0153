import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { Dialog } from "../../../app/ui/dialog.tsx";
import { show } from "../screen.tsx";

test("[ADG2] a dialog that is opened in one closes alone", async () => {
  const [outer, inner] = [vi.fn<() => void>(), vi.fn<() => void>()];
  await show(
    <Dialog heading="Settings" onClose={outer}>
      <Dialog heading="Rename" onClose={inner}>
        <p>What it is called</p>
      </Dialog>
    </Dialog>,
  );
  fireEvent(screen.getByRole("dialog", { name: "Rename" }), new Event("close"));
  expect([outer, inner].map((it) => it.mock.calls.length)).toEqual([0, 1]);
  fireEvent(screen.getByRole("dialog", { name: "Settings" }), new Event("close"));
  expect([outer, inner].map((it) => it.mock.calls.length)).toEqual([1, 1]);
});

test("[ADG2] what must stay is left by no Escape of its own, and keeps nobody else's dialog open", async () => {
  const inner = vi.fn<() => void>();
  await show(
    <Dialog heading="Signing out" onClose={null}>
      <Dialog heading="Help" onClose={inner}>
        <p>What this is</p>
      </Dialog>
    </Dialog>,
  );
  const cancel = (name: string): boolean =>
    fireEvent(screen.getByRole("dialog", { name }), new Event("cancel", { cancelable: true }));
  expect([cancel("Signing out"), cancel("Help")]).toEqual([false, true]);
});
