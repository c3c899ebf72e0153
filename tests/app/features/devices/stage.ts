/** Alice's phone (this one), laptop and tablet, which the laptop has linked, in rows as the engine writes them. */
import { act, waitFor } from "@testing-library/react";
import type { Dexie } from "dexie";
import { expect } from "vitest";

import {
  channelsOf,
  contactsOf,
  cursorsOf,
  devicesOf,
  logsOf,
  metaOf,
} from "../../../../app/db/tables.ts";
import { ready } from "../../../../crypto/base/sodium.ts";
import { accountKeysOf } from "../../../../crypto/identity/account.ts";
import { certifyDevice } from "../../../../crypto/identity/certificate.ts";
import { deviceIdOf, makeDevice } from "../../../../crypto/identity/device.ts";
import type { DeviceRow } from "../../../../sync/store/rows.ts";
import { channel, contact, cursor, DAY, log, openRows, THEM, US } from "../../db/rows.ts";
import type { Shown } from "../../screen.tsx";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export type Stage = {
  readonly db: Dexie;
  readonly phone: string;
  readonly laptop: string;
  readonly tablet: string;
};

const LOG = "ab".repeat(16);
const OTHER_LOG = "cd".repeat(16);

/** The laptop holds all of Alice's 10 + 5 entries but `laptopLacks`; Bob holds 12 of the 15. */
export async function stage({ laptopLacks = 0 } = {}): Promise<Stage> {
  await ready;
  let n = 0;
  const random = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => {
      n = (n * 75 + 74) % 65_537;
      return n & 0xff;
    });
  const account = accountKeysOf(random(32));
  const made = [0, 1, 2].map(() => makeDevice(random));
  const ids = made.map(({ sigKey, dhKey }) => deviceIdOf(sigKey, dhKey));
  const certificates = made.map((device, i) =>
    certifyDevice(
      {
        accountKey: account.publicKey,
        issuer: i === 2 ? ids[1]! : null,
        device,
        capabilities: 1,
        createdAtMs: DAY + i * 1_000,
      },
      i === 2 ? made[1]!.sigSecret : account.secretKey,
    ),
  );
  const [phone = "", laptop = "", tablet = ""] = ids.map(hex);
  const db = await openRows();
  await metaOf(db).put({
    k: "self",
    v: { account: US, name: "Al", device: phone, certificate: certificates[0] },
  });
  const at = [1, 1] as const;
  await metaOf(db).put({
    k: "deviceNames",
    v: { [phone]: { name: "Firefox, Linux", at }, [laptop]: { name: "Laptop", at } },
  });
  await contactsOf(db).bulkPut([
    contact(US, { name: "Alice", state: "self", live: [phone, laptop, tablet] }),
    contact(THEM),
  ]);
  await devicesOf(db).bulkPut(
    [laptop, tablet].map((device, i): DeviceRow => ({
      device,
      account: US,
      sigKey: new Uint8Array(32),
      certificate: certificates[i + 1]!,
      card: null,
      cardCounter: 0,
      cardAtMs: 0,
      prekeyBundle: null,
      healedAtMs: 0,
      resetAtMs: 0,
      ...(i === 0 && { heardAtMs: DAY }),
    })),
  );
  await channelsOf(db).bulkPut([
    channel(1, { lastH: 5 }),
    channel(2, { kind: "self", account: US }),
  ]);
  await logsOf(db).bulkPut([
    log(1, { log: LOG, known: { floor: 10, ranges: [] } }),
    log(2, { log: OTHER_LOG, account: THEM, known: { floor: 5, ranges: [] } }),
  ]);
  await cursorsOf(db).bulkPut([
    cursor({
      device: laptop,
      account: US,
      delivered: [
        { log: LOG, known: { floor: 10 - laptopLacks, ranges: [] } },
        { log: OTHER_LOG, known: { floor: 5, ranges: [] } },
      ],
    }),
    cursor({
      delivered: [
        { log: LOG, known: { floor: 7, ranges: [] } },
        { log: OTHER_LOG, known: { floor: 9, ranges: [] } },
      ],
    }),
  ]);
  return { db, phone, laptop, tablet };
}

/** What was called in the engine, and a way to answer it. */
export async function called(
  { engine }: Shown,
  method: string,
): Promise<(answer: unknown) => void> {
  const ask = await waitFor(() => {
    const found = engine.heard.findLast((it) => it.type === "ask" && it.call.method === method);
    expect(found).toBeDefined();
    return found;
  });
  return (answer) => {
    const id = ask?.type === "ask" ? ask.id : 0;
    act(() => engine.say({ type: "answer", id, answer: answer as never }));
  };
}

export const argsOf = ({ engine }: Shown, method: string): readonly unknown[] | undefined => {
  const ask = engine.heard.findLast((it) => it.type === "ask" && it.call.method === method);
  return ask?.type === "ask" ? ask.call.args : undefined;
};
