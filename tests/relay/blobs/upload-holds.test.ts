import { expect, test } from "vitest";

import { UploadHolds } from "../../../relay/blobs/upload-holds.ts";
import { BLOB_HOLD_IDLE_MS, BLOB_HOLD_MS_MAX, BLOB_HOLDS_MAX } from "../../../relay/limits.ts";
import { idOf } from "../../../sync/wire/ids.ts";

const START_MS = 1_800_000_000_000;
const bytes = (length: number, n: number): Uint8Array => {
  const made = new Uint8Array(length);
  new DataView(made.buffer).setUint32(0, n);
  return made;
};
const blob = idOf("BlobId", bytes(32, 0));
const [alice, mallory] = [idOf("MailboxId", bytes(16, 1)), idOf("MailboxId", bytes(16, 2))];

test("[HB15] who sends goes on alone while it moves, and who only reserved keeps nobody away", () => {
  const holds = new UploadHolds();
  holds.reserved(blob, mallory, START_MS);
  expect(holds.isFree(blob, alice, START_MS)).toBe(true);
  holds.reserved(blob, alice, START_MS);
  holds.moved(blob, START_MS);
  expect(holds.isFree(blob, alice, START_MS)).toBe(true);
  expect(holds.isFree(blob, mallory, START_MS + BLOB_HOLD_IDLE_MS - 1)).toBe(false);
  // She went away, or the clock was set back: somebody else may bring it.
  expect(holds.isFree(blob, mallory, START_MS + BLOB_HOLD_IDLE_MS)).toBe(true);
  expect(holds.isFree(blob, mallory, START_MS - 1)).toBe(true);
  holds.over(blob);
  expect(holds.isFree(blob, mallory, START_MS)).toBe(true);
});

test("[HB15] who sends little and reserves again and again holds it for an hour, and no longer", () => {
  const holds = new UploadHolds();
  let nowMs = START_MS;
  for (; nowMs < START_MS + BLOB_HOLD_MS_MAX; nowMs += BLOB_HOLD_IDLE_MS / 2) {
    holds.reserved(blob, mallory, nowMs);
    holds.moved(blob, nowMs);
    expect(holds.isFree(blob, alice, nowMs)).toBe(false);
  }
  holds.moved(blob, nowMs);
  expect(holds.isFree(blob, alice, nowMs)).toBe(true);
});

test("[HB15] who goes on after an hour's rest holds it as if they had begun", () => {
  const holds = new UploadHolds();
  holds.reserved(blob, alice, START_MS);
  holds.moved(blob, START_MS);
  const laterMs = START_MS + BLOB_HOLD_MS_MAX;
  expect(holds.isFree(blob, mallory, laterMs)).toBe(true);
  holds.reserved(blob, alice, laterMs);
  holds.moved(blob, laterMs);
  expect(holds.isFree(blob, mallory, laterMs + BLOB_HOLD_IDLE_MS - 1)).toBe(false);
});

test("[HB15] so many are remembered, and the oldest are forgotten", () => {
  const holds = new UploadHolds();
  for (let n = 0; n <= BLOB_HOLDS_MAX; n += 1) {
    const it = idOf("BlobId", bytes(32, n));
    holds.reserved(it, alice, START_MS);
    holds.moved(it, START_MS);
  }
  expect(holds.isFree(blob, mallory, START_MS)).toBe(true);
  expect(holds.isFree(idOf("BlobId", bytes(32, 1)), mallory, START_MS)).toBe(false);
});
