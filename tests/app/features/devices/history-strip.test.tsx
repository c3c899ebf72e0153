import "fake-indexeddb/auto";
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { channelsOf, metaOf } from "../../../../app/db/tables.ts";
import { HistoryStrip } from "../../../../app/features/devices/history-strip.tsx";
import { channel } from "../../db/rows.ts";
import { show } from "../../screen.tsx";
import { stage } from "./stage.ts";

test("[AHI4] the bar is determinate, and says its figures", async () => {
  const { db } = await stage();
  await channelsOf(db).put(channel(1, { history: "wanted" }));
  await metaOf(db).put({ k: "presync", v: { ["1".padStart(32, "0")]: 60 } });
  await show(<HistoryStrip />, { db });
  const bar = await screen.findByRole("progressbar", { name: "Your history is arriving" });
  expect([bar.getAttribute("value"), bar.getAttribute("max")]).toEqual(["15", "60"]);
  expect(bar.getAttribute("aria-valuetext")).toBe("15 of 60 entries are here");
});
