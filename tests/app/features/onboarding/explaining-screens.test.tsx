import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import {
  ClearedScreen,
  type Entrance,
} from "../../../../app/features/onboarding/explaining-screens.tsx";
import { show } from "../../screen.tsx";

test("[AWO1] whose storage was cleared restores, links another device, or starts again", async () => {
  const chosen: Entrance[] = [];
  await show(<ClearedScreen onGoOn={(by) => chosen.push(by)} />);
  expect(screen.getByText(/24 recovery words, or with a backup file/u)).toBeTruthy();
  for (const name of ["Restore", "Link another device", "Start again"]) {
    fireEvent.click(screen.getByRole("button", { name }));
  }
  expect(chosen).toEqual(["restore", "link", "start"]);
});
