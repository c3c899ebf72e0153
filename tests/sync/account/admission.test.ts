import { expect, test } from "vitest";

import { keepVoucher, readAdmission } from "../../../sync/account/admission.ts";
import { newMailbox } from "../../../sync/account/mailboxes.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";

const HOME = "https://home.example";

test("[CO11] an invite's voucher is kept until the relay lets us in, and does not displace it then", async () => {
  const store = openMemoryStore();
  const [first, second, bogus] = [1, 2, 3].map((by) => new Uint8Array(16).fill(by));
  const change = async (work: Parameters<typeof store.write>[1]): Promise<void> => {
    await store.write(["meta", "mailboxes"], work);
  };
  const kept = (): ReturnType<typeof readAdmission> => store.read(["meta"], readAdmission);
  for (const voucher of [first, second]) {
    await change((tx) => keepVoucher(tx, HOME, voucher as Uint8Array));
    expect(await kept()).toEqual({ voucher });
  }
  await change((tx) =>
    tx.put("mailboxes", { ...newMailbox(HOME, (n) => new Uint8Array(n)), registered: true }),
  );
  await change((tx) => keepVoucher(tx, HOME, bogus as Uint8Array));
  expect(await kept()).toEqual({ voucher: second });
});
