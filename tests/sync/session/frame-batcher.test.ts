import { expect, test } from "vitest";

import { FrameBatcher } from "../../../sync/session/frame-batcher.ts";
import { decodeBatch } from "../../../sync/wire/frames.ts";
import { BATCH_FLUSH_BYTES, BATCH_FRAMES_MAX } from "../../../sync/wire/limits.ts";
import { putOf } from "./played-relay.ts";

const framesOf = (batch: Uint8Array): number[] => {
  const decoded = decodeBatch(batch);
  if (!decoded.ok) throw new Error(decoded.error.type);
  return decoded.value.flatMap((frame) => (frame.type === "ack" ? frame.ids : []));
};

test("[SE8] what is said in one turn leaves together, in order", async () => {
  const sent: Uint8Array[] = [];
  const batcher = new FrameBatcher((batch) => sent.push(batch));
  for (const id of [1, 2, 3]) batcher.push({ type: "ack", mailboxIndex: 0, ids: [id] });
  expect(sent).toEqual([]);
  await Promise.resolve();
  batcher.push({ type: "ack", mailboxIndex: 0, ids: [4] });
  await Promise.resolve();
  expect(sent.map(framesOf)).toEqual([[1, 2, 3], [4]]);
});

test("[SE8] a batch ends at 32 KiB and at 1,024 frames", async () => {
  const sent: Uint8Array[] = [];
  const batcher = new FrameBatcher((batch) => sent.push(batch));
  batcher.push({ type: "put", request: 1, ...putOf(BATCH_FLUSH_BYTES) });
  expect(sent).toHaveLength(1);
  for (let id = 1; id <= BATCH_FRAMES_MAX + 1; id += 1) {
    batcher.push({ type: "ack", mailboxIndex: 0, ids: [id] });
  }
  expect(sent).toHaveLength(2);
  await Promise.resolve();
  expect(sent.slice(1).map((batch) => framesOf(batch).length)).toEqual([BATCH_FRAMES_MAX, 1]);
});

test("[SE8] nothing is sent when nothing was said", async () => {
  const sent: Uint8Array[] = [];
  const batcher = new FrameBatcher((batch) => sent.push(batch));
  batcher.flush();
  batcher.push({ type: "ack", mailboxIndex: 0, ids: [1] });
  batcher.flush();
  await Promise.resolve();
  expect(sent).toHaveLength(1);
});
