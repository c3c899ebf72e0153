import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { blobDeleteKeyOf } from "../../../crypto/media/delete-key.ts";
import { BLOB_DELETE_KEY_BYTES } from "../../../crypto/public/blob-id.ts";

beforeAll(() => ready);

test("[BL9] each blob of each account has a delete key of its own, the same on every device", () => {
  const [ours, theirs] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const [one, other] = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)];
  const key = blobDeleteKeyOf(ours, one);
  expect(key).toHaveLength(BLOB_DELETE_KEY_BYTES);
  expect(blobDeleteKeyOf(ours, one)).toEqual(key);
  expect(blobDeleteKeyOf(ours, other)).not.toEqual(key);
  expect(blobDeleteKeyOf(theirs, one)).not.toEqual(key);
});
