import type { Random } from "../../crypto/base/random.ts";
import { makePrekeys } from "../../crypto/handshake/prekeys.ts";
import { accountKeysOf } from "../../crypto/identity/account.ts";
import { dayOf, encodeCard } from "../../crypto/identity/card.ts";
import {
  CAPABILITY_LINK,
  certifyDevice,
  decodeCertificate,
} from "../../crypto/identity/certificate.ts";
import { beginAccount, firstFactsOf } from "../../sync/account/begin.ts";
import { makeSelf, partyOf, type Self } from "../../sync/account/self.ts";
import { bytesOf, type Channel, openChannel } from "../../sync/channel/channels.ts";
import { makeToken, ownContact } from "../../sync/contact/contacts.ts";
import { putCard, putDevices, takeFacts } from "../../sync/contact/devices.ts";
import type { Effects } from "../../sync/receive/effects.ts";
import { type MemoryStore, openMemoryStore } from "../../sync/store/memory-store.ts";
import type { ContactState, TableName } from "../../sync/store/rows.ts";
import type { WriteTx } from "../../sync/store/store.ts";
import { TABLES } from "../../sync/store/tables.ts";
import { Chance } from "../sim/chance.ts";

export const NOW_MS = 1_767_225_600_000;
export const RELAY_URL = "https://relay.example";
const ALL_TABLES = Object.keys(TABLES) as TableName[];

/** A device as its store knows it, without links and timers. */
export type Someone = {
  readonly self: Self;
  readonly store: MemoryStore;
  readonly random: Random;
  /** Effects that were called, by name. */
  readonly called: string[];
  readonly context: {
    readonly self: Self;
    readonly nowMs: number;
    readonly random: Random;
    readonly effects: Effects;
  };
  readonly change: <R>(work: (tx: WriteTx) => Promise<R>) => Promise<R>;
};

export async function someone(name: string): Promise<Someone> {
  const random = new Chance(7, name).bytes;
  const self = makeSelf(name, NOW_MS, random);
  const store = openMemoryStore();
  const called: string[] = [];
  const change: Someone["change"] = (work) => store.write(ALL_TABLES, work);
  await change(async (tx) => {
    await beginAccount(tx, self, random);
  });
  const effects: Effects = {
    wake: () => called.push("wake"),
    receipt: (c) => called.push(`receipt ${c}`),
    upkeep: () => called.push("upkeep"),
    contacts: () => called.push("contacts"),
    typing: (c) => called.push(`typing ${c}`),
    wrote: (c) => called.push(`wrote ${c}`),
    sessionReset: () => called.push("sessionReset"),
    backfilled: (c, left, device) => called.push(`backfilled ${c} ${left} ${device}`),
    edited: () => called.push("edited"),
    missing: () => called.push("missing"),
    devices: () => called.push("devices"),
    named: () => undefined,
    claimed: () => called.push("claimed"),
    doubted: () => called.push("doubted"),
    forked: () => called.push("forked"),
    selfChanged: () => called.push("selfChanged"),
    rolledBack: () => called.push("rolledBack"),
    dropped: (reason) => called.push(`dropped ${reason}`),
  };
  const context = { self, nowMs: NOW_MS, random, effects };
  return { self, store, random, called, context, change };
}

/** Another device of the same account, which both know of and can write to. */
export async function sibling(one: Someone, name: string): Promise<Someone> {
  const other = await someone(name);
  const account = accountKeysOf(one.self.recoverySecret!);
  const { accountKey, recoverySecret } = one.self;
  const { keys } = other.self;
  const request = { accountKey, issuer: null, device: keys, capabilities: CAPABILITY_LINK };
  const certificate = certifyDevice({ ...request, createdAtMs: NOW_MS }, account.secretKey);
  const self: Self = {
    ...other.self,
    account: one.self.account,
    accountKey,
    recoverySecret,
    certificate,
  };
  const store = openMemoryStore();
  const change: Someone["change"] = (work) => store.write(ALL_TABLES, work);
  await change((tx) => beginAccount(tx, self, other.random));
  const made: Someone = { ...other, self, store, change, context: { ...other.context, self } };
  await know(one, made);
  await know(made, one);
  return made;
}

/** `one` learns from facts that `other` is a device of the account, and where it is reached. */
async function know(one: Someone, other: Someone): Promise<void> {
  await one.change(async (tx) => {
    const held = await ownContact(tx, one.self);
    const { said } = await takeFacts(
      tx,
      one.self.accountKey,
      held,
      firstFactsOf(other.self),
      other.self.device,
    );
    await tx.put("contacts", { ...held, ...said });
    await reach(tx, other);
  });
}

/** `one` knows `other`, can reach them, and has prekeys to begin a session with. */
export async function introduce(
  one: Someone,
  other: Someone,
  state: ContactState = "accepted",
): Promise<Channel> {
  const { self } = other;
  const certificate = decodeCertificate(self.certificate);
  if (!certificate.ok) throw new Error("certificate");
  return one.change(async (tx) => {
    const token = await makeToken(tx, one.random, {
      class: "contact",
      account: self.account,
      invite: null,
      expiresAtMs: NOW_MS + 390 * 86_400_000,
    });
    await tx.put("contacts", {
      account: self.account,
      accountKey: self.accountKey,
      name: self.name,
      state,
      facts: firstFactsOf(self),
      live: [self.device],
      presenceOut: new Uint8Array(32),
      presenceIn: null,
      token: token.label,
      addedAtMs: NOW_MS,
      lastSeenMs: 0,
    });
    await putDevices(tx, self.account, [certificate.value]);
    await reach(tx, other);
    return openChannel(tx, one.self, self.account);
  });
}

/** Where the device is reached, and prekeys to begin a session with it. */
async function reach(tx: WriteTx, { self, random }: Someone): Promise<void> {
  const card = {
    device: bytesOf(self.device),
    counter: 1,
    relays: [
      {
        url: RELAY_URL,
        relayId: new Uint8Array(32).fill(1),
        mailbox: bytesOf(self.device),
        token: new Uint8Array(16).fill(2),
      },
    ],
    lastSeenDay: dayOf(NOW_MS),
    receipts: true,
  };
  const { bundle } = makePrekeys(partyOf(self), 1, NOW_MS, random);
  const bytes = encodeCard(card, self.keys.sigSecret);
  await putCard(tx, { ...card, bytes }, NOW_MS);
  const device = await tx.get("devices", self.device);
  if (device !== undefined) await tx.put("devices", { ...device, prekeyBundle: bundle });
}
