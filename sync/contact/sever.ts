/**
 * What a block means here, whether our person said it or another device of theirs: nobody of that
 * account can write to us any more, and nothing waits for them. docs/protocol/sync.md, rules [CO6], [CO12].
 */
import { dropTargets } from "../outbox/targets.ts";
import type { Effects } from "../receive/effects.ts";
import type { ContactRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { revokeToken } from "./contacts.ts";
import { withdrawInvite } from "./invites.ts";

export async function sever(
  tx: WriteTx,
  effects: Pick<Effects, "upkeep" | "contacts">,
  { account: blocked, token }: ContactRow,
): Promise<void> {
  for (const { label, account, invite } of await tx.range("tokens", "primary", {})) {
    if (account !== blocked && label !== token) continue;
    await revokeToken(tx, label);
    // Its token is dead: whoever uses the link could not write to us.
    if (invite !== null) await withdrawInvite(tx, invite);
  }
  const rows = await tx.range("devices", "account", { lower: blocked, upper: blocked });
  await dropTargets(tx, new Set(rows.map((it) => it.device)));
  effects.upkeep();
  effects.contacts();
}
