import { expect, test } from "vitest";

import type { Status } from "../../sync/device.ts";
import { openStatusBoard } from "../../sync/status-board.ts";

test("[DV2] a listener hears of the status at once, and at each real change", () => {
  const board = openStatusBoard();
  const heard: Status[] = [];
  const stop = board.listen((status) => heard.push(status));
  expect(heard).toHaveLength(1);
  board.change({ storage: "full" });
  board.change({ storage: "full" });
  board.change({ connection: { type: "connecting" } });
  expect(heard.map((it) => it.storage)).toEqual(["ok", "full"]);
  board.change({ typing: { 1: ["a"] } });
  board.change({ typing: { 1: ["a"] } });
  expect(heard).toHaveLength(3);
  expect(board.now()).toBe(heard.at(-1));
  stop();
  board.change({ storage: "ok" });
  expect(heard).toHaveLength(3);
});
