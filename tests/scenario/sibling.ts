/** A person becomes another's second device: what linking leaves behind, without its meeting. */
import { accountKeysOf } from "../../crypto/identity/account.ts";
import { CAPABILITY_LINK, certifyDevice } from "../../crypto/identity/certificate.ts";
import { certificateFactOf } from "../../crypto/identity/facts.ts";
import { encodeIntroduction, openIntroduction } from "../../crypto/identity/introduction.ts";
import { beginAccount } from "../../sync/account/begin.ts";
import { capsuleOf, type Self } from "../../sync/account/self.ts";
import { introductionOf, ownCard, ownContact, tokenFor } from "../../sync/contact/contacts.ts";
import { putCard, takeFacts } from "../../sync/contact/devices.ts";
import { primaryKeyOf } from "../../sync/store/keys.ts";
import type { TableName } from "../../sync/store/rows.ts";
import { TABLES } from "../../sync/store/tables.ts";
import { selfOf } from "./forge.ts";
import type { Person } from "./person.ts";

/** `laptop` forgets who it was and belongs to `phone`'s account from now on. */
export async function linked(phone: Person, laptop: Person): Promise<void> {
  const [self, other] = [await selfOf(phone), await selfOf(laptop)];
  await laptop.sleep();
  const { secretKey } = accountKeysOf(self.recoverySecret ?? new Uint8Array(32));
  const { accountKey, account, recoverySecret, createdAtMs } = self;
  const request = { accountKey, issuer: null, device: other.keys, capabilities: CAPABILITY_LINK };
  const certificate = certifyDevice({ ...request, createdAtMs }, secretKey);
  const now: Self = {
    ...other,
    account,
    accountKey,
    recoverySecret,
    capsule: capsuleOf(self),
    certificate,
    name: self.name,
  };
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  const introduction = await phone.change(async (tx) => {
    const context = {
      self,
      nowMs: phone.timers.now(),
      random,
      effects: { upkeep: () => undefined },
    };
    const token = await tokenFor(tx, context, await ownContact(tx, self));
    const card = await ownCard(tx, context, token);
    return openIntroduction(encodeIntroduction(await introductionOf(tx, self, [card])));
  });
  // Its relay hears of the token when it wakes.
  await phone.sleep();
  await phone.wake();
  if (!introduction.ok) throw new Error(introduction.error.type);
  const { facts, devices } = introduction.value;
  await laptop.change(async (tx) => {
    for (const table of Object.keys(TABLES) as TableName[]) {
      for (const row of await tx.range(table, "primary", {})) {
        const key = primaryKeyOf(table, row);
        if (key !== undefined) await tx.delete(table, key);
      }
    }
    await beginAccount(tx, now, random);
    const held = await ownContact(tx, now);
    const all = [...facts, certificateFactOf(certificate)];
    const { said } = await takeFacts(tx, accountKey, held, all, other.device);
    await tx.put("contacts", { ...held, ...said });
    for (const { card } of devices) {
      await putCard(tx, card, phone.timers.now());
      const row = await tx.get("devices", self.device);
      if (row !== undefined) await tx.put("devices", { ...row, knowsUs: false });
    }
    for (const row of await tx.range("channels", "primary", {})) {
      await tx.put("channels", { ...row, history: "wanted" });
    }
  });
  await laptop.wake();
}
