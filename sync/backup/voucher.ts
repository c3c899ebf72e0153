/**
 * That a device of the account wrote a frame of a file. What is in a frame proves itself but for what was read, which is
 * only one's own devices' to say. docs/protocol/recovery.md, rule [BU10].
 */
import { toHex } from "../../crypto/base/hex.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import { verifyLabelled } from "../../crypto/public/verify.ts";
import { signLabelled } from "../../crypto/sign.ts";
import type { Self } from "../account/self.ts";
import { decodeShaped, encodeShaped } from "../cbor-shape.ts";
import { bytesOf, logById } from "../channel/channels.ts";
import { ownContact } from "../contact/contacts.ts";
import {
  holesOf,
  type Known,
  KNOWN_NOTHING,
  maxKnown,
  rangesIn,
  type SeqRange,
  unionKnown,
} from "../log/known.ts";
import type { Chunk } from "../payload/chunk.ts";
import type { ReadTx } from "../store/store.ts";
import { FRAME, FRAME_BYTES_MAX, frameOf, VOUCHER_FRAME } from "./format.ts";

/** A payload's frame behind the one that vouches for it. */
export function vouchedFrames(self: Self, payload: Uint8Array): readonly Uint8Array[] {
  const signature = signLabelled(self.keys.sigSecret, "backup/frame", payload);
  const voucher = encodeShaped(VOUCHER_FRAME, { device: bytesOf(self.device), signature });
  return [frameOf(FRAME.voucher, voucher), frameOf(FRAME.payload, payload)];
}

/** `voucher`: of the frame before, or undefined. Also a device that is out by now may have written it. */
export async function isVouched(
  tx: ReadTx,
  self: Self,
  payload: Uint8Array,
  voucher: Uint8Array | undefined,
): Promise<boolean> {
  const said = voucher && decodeShaped(VOUCHER_FRAME, voucher, FRAME_BYTES_MAX);
  if (said?.ok !== true) return false;
  const { device, signature } = said.value;
  const { facts } = await ownContact(tx, self);
  return facts.some((it) => {
    const fact = decodeFact(it);
    if (!fact.ok || fact.value.type !== "device_cert") return false;
    const { certificate } = fact.value;
    return (
      toHex(certificate.device) === toHex(device) &&
      verifyLabelled(certificate.sigKey, signature, "backup/frame", payload)
    );
  });
}

type Read = Chunk["read"];

/** What is held of the logs of which something is said. */
export async function heldOf(tx: ReadTx, read: Read): Promise<readonly Known[]> {
  const logs = await Promise.all(read.map(({ log }) => logById(tx, toHex(log))));
  return logs.map((it) => it?.known ?? KNOWN_NOTHING);
}

/** Without a voucher it is believed of the entries that came since `before` alone. */
export async function readAmongNew(
  tx: ReadTx,
  read: Read,
  before: readonly Known[],
): Promise<Read> {
  const now = await heldOf(tx, read);
  return read.flatMap(({ log, known }, i) => {
    const held = now[i] ?? KNOWN_NOTHING;
    const fresh = common(rangesIn(held), holesOf(before[i] ?? KNOWN_NOTHING, maxKnown(held)));
    const ranges = common(rangesIn(known), fresh);
    return ranges.length === 0 ? [] : [{ log, known: knownOf(ranges) }];
  });
}

/** Of ranges that ascend. */
function common(a: readonly SeqRange[], b: readonly SeqRange[]): readonly SeqRange[] {
  const both: SeqRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [from = 0, to = 0] = a[i] ?? [];
    const [first = 0, last = 0] = b[j] ?? [];
    if (Math.max(from, first) <= Math.min(to, last)) {
      both.push([Math.max(from, first), Math.min(to, last)]);
    }
    if (to < last) i += 1;
    else j += 1;
  }
  return both;
}

const knownOf = (ranges: readonly SeqRange[]): Known =>
  unionKnown({ floor: 0, ranges }, KNOWN_NOTHING);
