/**
 * What is said about a link into a group. docs/protocol/groups.md, "Links".
 *
 *     link  cbor [tag, made, refused]          made = [secret, uses, expiresAtS, approval, relayUrl] or null
 *
 * With `made` the link is made; with `refused` somebody who used it is not let in; with neither it is taken
 * back for good.
 */
import {
  boolShape,
  bytesShape,
  nullable,
  recordShape,
  ruled,
  type Shape,
  textUpTo,
  uintShape,
} from "../cbor-shape.ts";
import { RELAY_URL_BYTES_MAX } from "../wire/limits.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

const TAG_BYTES = 16;
const SECRET_BYTES = 32;
const ACCOUNT_ID_BYTES = 32;
const U32_MAX = 0xffff_ffff;
/** As many as a group has members. */
export const LINK_USES_MAX = 500;

export type MadeLink = {
  readonly secret: Uint8Array;
  /** Null: any number. */
  readonly uses: number | null;
  readonly expiresAtS: number;
  /** Does an admin have to say yes to each? */
  readonly approval: boolean;
  /** Where the record lies: an origin, as the author wrote it, to be parsed before use. */
  readonly relayUrl: string;
};

export type LinkBody = {
  /** Follows from the secret (`inviteTagOf`): of a link that is made, to be checked. */
  readonly tag: Uint8Array;
  readonly made: MadeLink | null;
  readonly refused: Uint8Array | null;
};

const MADE: Shape<MadeLink> = recordShape<MadeLink>({
  secret: bytesShape(SECRET_BYTES),
  uses: nullable(uintShape(LINK_USES_MAX, 1)),
  expiresAtS: uintShape(U32_MAX),
  approval: boolShape,
  relayUrl: textUpTo(RELAY_URL_BYTES_MAX),
});

export const LINK_SHAPE: Shape<LinkBody> = ruled(
  recordShape<LinkBody>(
    {
      tag: bytesShape(TAG_BYTES),
      made: nullable(MADE),
      refused: nullable(bytesShape(ACCOUNT_ID_BYTES)),
    },
    LATER_FIELDS_MAX,
  ),
  ({ made, refused }) => made === null || refused === null,
);
