/**
 * The two entries by which a log is known to fork, without words: who is told them together knows it too.
 * docs/protocol/sync.md, [FK1] and [FK4].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { decodeEntry, encodeEntry, entryIdOf, withoutBody } from "../entry/entry.ts";
import { isRoster } from "../entry/kinds.ts";
import type { ReadTx } from "../store/store.ts";

/** `a`: number of the log. None: no fork of it is known. */
export async function halvesOf(tx: ReadTx, a: number): Promise<readonly Uint8Array[]> {
  const fork = await tx.get("forks", a);
  if (fork === undefined) return [];
  const held = await tx.get("entries", [fork.c, a, fork.s]);
  const isHeld = (bytes: Uint8Array): boolean => {
    const entry = decodeEntry(bytes);
    const id = entry.ok ? entryIdOf(entry.value.coreBytes) : undefined;
    return id !== undefined && held !== undefined && equalBytes(id, held.hash);
  };
  const { first, second } = fork;
  // What its account stands by goes first where that is known: who may not read the rest cannot tell.
  const halves = isHeld(second) ? [second, first] : [first, second];
  return halves.map(halfOf);
}

/** What an op of the roster takes from somebody stands: it goes as it is. */
function halfOf(bytes: Uint8Array): Uint8Array {
  const entry = decodeEntry(bytes);
  return entry.ok && isRoster(entry.value.core.kind) ? bytes : coreOf(bytes);
}

export function coreOf(bytes: Uint8Array): Uint8Array {
  const entry = decodeEntry(bytes);
  return entry.ok ? encodeEntry(withoutBody(entry.value)) : bytes;
}
