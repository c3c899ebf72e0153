/**
 * The picture of a group, for an image element. [APC1] Bytes that the engine verified, of a kind that their
 * first bytes say, and of a size that no browser chokes on; never an address of a network.
 */
import { useCallback, useMemo } from "react";

import { imageHeadOf } from "../../sync/media/image-head.ts";
import { readPicture } from "../db/media.ts";
import { useRows } from "../ui/use-rows.ts";
import { useSession } from "./session.ts";

/** Ours have 256 each way. */
const SIDE_MAX = 1_024;

/** `id`: of the blob (hex32). Null: it is not here, or no picture. */
export function usePicture(id: string): Blob | null {
  const { db } = useSession();
  const read = useCallback(() => readPicture(db, id), [db, id]);
  const bytes = useRows(read) ?? null;
  return useMemo(() => (bytes === null ? null : imageOf(bytes)), [bytes]);
}

export function imageOf(bytes: Uint8Array): Blob | null {
  const head = imageHeadOf(bytes);
  if (head === undefined || Math.max(head.width, head.height) > SIDE_MAX) return null;
  return new Blob([new Uint8Array(bytes)], { type: head.type });
}
