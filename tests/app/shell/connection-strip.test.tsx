import "fake-indexeddb/auto";
import { act, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { channelsOf, logsOf } from "../../../app/db/tables.ts";
import { ConnectionStrip, noticeOf } from "../../../app/shell/connection-strip.tsx";
import type { Connection } from "../../../sync/device.ts";
import { channel, log, openRows } from "../db/rows.ts";
import { CALM, show } from "../screen.tsx";

const ready = { type: "ready" } as const;
const offline: Connection = { type: "offline", retryAtMs: 0, why: "unreachable" };

test("[AST1] says nothing when all is well", () => {
  expect(noticeOf(ready, CALM, true)).toBeNull();
});

test("[AST2] what costs messages comes before what costs time", () => {
  const worst = { ...CALM, connection: offline, clockOffWarning: true };
  expect(noticeOf(ready, { ...worst, storage: "full" }, false)).toEqual({ type: "storageFull" });
  expect(noticeOf(ready, { ...worst, storage: "failed" }, false)?.type).toBe("storageFailed");
  expect(noticeOf(ready, worst, false)).toEqual({ type: "offline" });
  expect(noticeOf(ready, { ...CALM, clockOffWarning: true }, false)).toEqual({ type: "clockOff" });
  const renewed = { ...CALM, relayRenewed: true, clockOffWarning: true };
  expect(noticeOf(ready, renewed, false)).toEqual({ type: "relayRenewed" });
  expect(noticeOf(ready, { ...renewed, connection: offline }, false)).toEqual({ type: "offline" });
  expect(noticeOf({ type: "retired" }, worst, false)).toEqual({ type: "retired" });
  const refused: Connection = { ...offline, why: "refused" };
  expect(noticeOf(ready, { ...CALM, connection: refused }, false)).toEqual({ type: "refused" });
});

test("[AST3] a quick connection is not talked about", () => {
  const connecting = { ...CALM, connection: { type: "connecting" } as const };
  expect(noticeOf(ready, connecting, false)).toBeNull();
  expect(noticeOf(ready, connecting, true)).toEqual({ type: "connecting" });
  expect(noticeOf({ type: "starting" }, null, false)).toBeNull();
  expect(noticeOf({ type: "starting" }, null, true)).toEqual({ type: "engineSlow" });
});

test("[AST4] offline, it counts what will be sent; catching up, what is left", async () => {
  const db = await openRows();
  await channelsOf(db).add(channel(1));
  await logsOf(db).add(log(1, { known: { floor: 4, ranges: [] }, sent: { floor: 2, ranges: [] } }));
  const { engine } = await show(<ConnectionStrip />, { db });
  expect(screen.getByRole("status").textContent).toBe("");
  act(() => engine.say({ type: "status", status: { ...CALM, connection: offline } }));
  await waitFor(() =>
    expect(screen.getByRole("status").textContent).toBe(
      "Offline, 2 messages will be sent when you’re back",
    ),
  );
  const updating = { ...CALM, connection: { type: "updating", count: 1_312 } as const };
  act(() => engine.say({ type: "status", status: updating }));
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Updating… 1,312"));
});
