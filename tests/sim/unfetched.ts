/** What lies at relays for devices that fetch nothing any more: it removes such mailboxes in time. */
import { fromHex } from "../../crypto/base/hex.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { World } from "./world.ts";

/** How many messages wait for devices that nobody has any more, or that know that they are out. */
export async function unfetchedIn({ evicted, isOut, witness, relays }: World): Promise<number> {
  const left = [...isOut].map(({ name }) => witness.mailboxLeftBy(name));
  let count = 0;
  for (const mailbox of [...evicted.map((it) => it.mailbox), ...left]) {
    const bytes = fromHex(mailbox);
    if (!bytes.ok || bytes.value.length === 0) continue;
    for (const { relay } of relays) {
      const view = await relay?.store.mailbox(idOf("MailboxId", bytes.value));
      count += view?.ok === true ? (view.value?.pendingCount ?? 0) : 0;
    }
  }
  return count;
}
