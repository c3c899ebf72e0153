/**
 * The devices of our account, as the screens show them.
 *
 * [ADV1] This device first, then the others as they came. [ADV2] A device that was removed is none of
 * them, and one that finds itself removed says so.
 */
import type { DeviceNames } from "../../sync/devices/names.ts";
import { cleanName } from "./people.ts";
import { contactsOf, type Db, devicesOf, metaOf } from "./tables.ts";

export type OwnDevice = {
  /** Id (hex). */
  readonly device: string;
  readonly isThis: boolean;
  /** "": it has not told one. */
  readonly name: string;
  /** Milliseconds since 1970; 0 = not known. */
  readonly addedAtMs: number;
  /** When it last told us anything; 0 = never. */
  readonly heardAtMs: number;
  /** Id (hex) of the device that linked it; "" = the account's key. */
  readonly linkedBy: string;
};

export type OwnDevices = {
  /** What the person is called. */
  readonly me: string;
  readonly account: string;
  readonly devices: readonly OwnDevice[];
  /** This device is not among them any more. */
  readonly isOut: boolean;
};

/** Null before the person has started. */
export async function readOwnDevices(db: Db): Promise<OwnDevices | null> {
  const [row, named] = await Promise.all([metaOf(db).get("self"), metaOf(db).get("deviceNames")]);
  const self = row?.v as SelfRow | undefined;
  const own = self === undefined ? undefined : await contactsOf(db).get(self.account);
  if (self === undefined || own === undefined) return null;
  const names = (named?.v ?? {}) as DeviceNames;
  const others = await devicesOf(db).where("account").equals(self.account).toArray();
  const rows = [
    { device: self.device, certificate: self.certificate, heardAtMs: 0 },
    ...others.filter(({ device }) => device !== self.device),
  ];
  const devices = rows
    .filter(({ device }) => own.live.includes(device))
    .map(({ device, certificate, heardAtMs = 0 }) => ({
      device,
      isThis: device === self.device,
      name: names[device]?.name ?? "",
      heardAtMs,
      ...factsOf(certificate),
    }));
  return {
    me: cleanName(own.name),
    account: self.account,
    devices: devices.toSorted(
      (a, b) => Number(b.isThis) - Number(a.isThis) || a.addedAtMs - b.addedAtMs,
    ),
    isOut: !own.live.includes(self.device),
  };
}

/** As sync/account/self.ts has it. */
type SelfRow = {
  readonly account: string;
  readonly device: string;
  readonly certificate: Uint8Array;
};

const ISSUER_AT = 33;
const ISSUER_BYTES = 16;
const CREATED_AT = 114;

/**
 * Of a certificate that the engine has verified, by the layout of crypto/identity/certificate.ts: a tab
 * does not load what checks signatures.
 */
function factsOf(certificate: Uint8Array): Pick<OwnDevice, "addedAtMs" | "linkedBy"> {
  if (certificate.length < CREATED_AT + 8) return { addedAtMs: 0, linkedBy: "" };
  const view = new DataView(certificate.buffer, certificate.byteOffset, certificate.length);
  const issuer = certificate.subarray(ISSUER_AT, ISSUER_AT + ISSUER_BYTES);
  const hex = [...issuer].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    addedAtMs: Number(view.getBigUint64(CREATED_AT, true)),
    linkedBy: /^0+$/u.test(hex) ? "" : hex,
  };
}
