import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { ShortcutsDialog } from "../../../../app/features/shortcuts/shortcuts-dialog.tsx";
import { speak } from "../../../../app/text/speech.ts";
import { show } from "../../screen.tsx";

test("[ASH1] lists every key with what it does, as keyboards name them", async () => {
  const { rerender } = await show(<ShortcutsDialog onClose={() => undefined} />);
  const pairs = (): readonly (readonly [string, string])[] =>
    screen
      .getAllByRole("term")
      .map((term) => [term.textContent, term.nextElementSibling?.textContent ?? ""] as const);
  expect(pairs()).toContainEqual(["Ctrl + K", "Go to a chat, or to anything else"]);
  expect(pairs()).toContainEqual(["Alt + Shift + ↑ ↓", "Previous or next unread chat"]);
  const english = pairs().length;
  speak("de", []);
  rerender(<ShortcutsDialog onClose={() => undefined} />);
  expect(pairs()).toHaveLength(english);
  expect(pairs()).toContainEqual(["Strg + K", "Zu einem Chat gehen, oder zu etwas anderem"]);
});
