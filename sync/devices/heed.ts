/**
 * An entry that was just placed: what it says of devices, and of our own account. What a device wrote
 * that was put out of its account has no effect. docs/protocol/devices.md, [OD5] to [OD9].
 */
import { assert } from "../../crypto/base/assert.ts";
import { applyAccountEntry } from "../account/address-book.ts";
import { KINDS } from "../entry/kinds.ts";
import type { EntryOutcome } from "../receive/accept-entry.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { WriteTx } from "../store/store.ts";
import { heedBranch, settleEnds } from "./closings.ts";

type Placed = Extract<EntryOutcome, { readonly type: "new" }>;

export async function heedEntry(
  tx: WriteTx,
  context: OpenContext,
  { entry, channel, replaced }: Pick<Placed, "entry" | "channel" | "replaced">,
): Promise<void> {
  await heedBranch(tx, context, { entry, channel }, replaced);
  const isClosing = entry.kind === KINDS.logClose.number;
  // It may have been closed before anything of it was here.
  if (isClosing || entry.counts === "waits") {
    const log = await tx.get("logs", entry.a);
    assert(log !== undefined, "an entry stands in a log");
    await settleEnds(tx, context, channel.c, log.account);
    // Of a device of ours whose log nobody had heard of when it was put out: closed in a while. Rule [OD5].
    if (log.account === context.self.account) context.effects.devices();
    return;
  }
  if (entry.counts === undefined) await applyAccountEntry(tx, context, { entry, channel });
}
