import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { mediaOf } from "../../../../app/db/tables.ts";
import { LongText } from "../../../../app/features/conversation/long-text.tsx";
import type { MediaRow } from "../../../../sync/media/rows.ts";
import { openRows, THEM } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const whole = {
  id: new Uint8Array(32).fill(1),
  key: new Uint8Array(32).fill(2),
  bytes: 9,
  relays: [],
};
const ROW: MediaRow = {
  c: 1,
  a: 1,
  s: 2,
  id: "01".repeat(32),
  author: THEM,
  key: whole.key,
  bytes: 9,
  use: "text",
  state: "wanted",
  content: null,
  waiting: 1,
  nextAtMs: 0,
  attempts: 0,
};
const content = new TextEncoder().encode("beginning and all the rest <b>of it</b>");

async function rig(row: Partial<MediaRow>) {
  const db = await openRows();
  await mediaOf(db).put({ ...ROW, ...row });
  const element = (
    <LongText mentions={[]} people={new Map()} beginning="beginning" whole={whole} tabIndex={0} />
  );
  return await show(element, { db });
}

test("[ALG1] the beginning is shown, and all of it when one asks", async () => {
  const { container } = await rig({ state: "here", content, waiting: 0 });
  const button = await screen.findByRole("button", { name: "Show all" });
  expect(container.textContent).toContain("beginning…");
  expect(button.getAttribute("aria-expanded")).toBe("false");
  fireEvent.click(button);
  expect(container.textContent).toContain("beginning and all the rest <b>of it</b>");
  expect(container.querySelector("b")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Show less" }));
  expect(container.textContent).not.toContain("rest");
});

test.each([
  ["on its way", {}, "The rest is on its way…"],
  ["no way", { trouble: "unreachable" }, "The rest comes as soon as a relay can be reached."],
  ["lost", { trouble: "missing" }, /No relay has the rest any more/u],
  ["forged", { state: "refused", waiting: 0 }, /not what was signed/u],
  ["no room", { state: "up", content, trouble: "full" }, /no room/u],
  ["not taken", { state: "here", content, trouble: "refused" }, /Send it in parts/u],
] as const)("[ALG1] why it is not all here is said: %s", async (_, row, words) => {
  await rig(row);
  await waitFor(() => expect(screen.getByText(words)).toBeTruthy());
});

test("[ALG1] what begins otherwise is not the rest of it", async () => {
  const { container } = await rig({ state: "here", content: new TextEncoder().encode("other") });
  await waitFor(() => expect(screen.getByText(/not what was signed/u)).toBeTruthy());
  expect(container.querySelector("button")).toBeNull();
});
