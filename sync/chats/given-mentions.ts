/** Who is named in a text, as the app gives it: checked, and in the form of a body. */
import { type Hex, fromHex } from "../../crypto/base/hex.ts";
import { ACCOUNT_ID_BYTES } from "../../crypto/identity/account.ts";
import { type Mention, OFFSET_MAX } from "../entry/message-body.ts";
import { MENTIONS_MAX } from "../entry/plain-message.ts";

/** Places in the text as it was given, in UTF-16 units; accounts as hex32. */
export type GivenMentions = readonly {
  readonly account: Hex;
  readonly start: number;
  readonly length: number;
}[];

/** Undefined: not such as a body takes. */
export function givenMentions(mentions: GivenMentions = []): readonly Mention[] | undefined {
  if (mentions.length > MENTIONS_MAX) return undefined;
  const decoded: Mention[] = [];
  for (const { account, ...place } of mentions) {
    const bytes = fromHex(account);
    const isSound = bytes.ok && bytes.value.length === ACCOUNT_ID_BYTES;
    const isPlace = isOffset(place.start) && isOffset(place.length) && place.length > 0;
    if (!isSound || !isPlace) return undefined;
    decoded.push({ account: bytes.value, ...place });
  }
  return decoded;
}

const isOffset = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= OFFSET_MAX;
