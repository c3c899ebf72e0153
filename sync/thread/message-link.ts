/**
 * A link to a message: the app's address and, in the fragment, the message's public id. It tells
 * nobody anything who does not hold the message. docs/protocol/messages.md, [MO22].
 */
import { assert } from "../../crypto/base/assert.ts";
import { err, type Result } from "../../crypto/base/result.ts";
import {
  parsePublicId,
  PUBLIC_ID_CHARS,
  type PublicId,
  type PublicIdError,
} from "../entry/public-id.ts";

/** No invite's fragment has a "/": those are base64url. */
const MARK = "#m/";

export const messageLinkOf = (appUrl: string, publicId: string): string => {
  assert(!appUrl.includes("#"), "the app's address has no fragment");
  assert(publicId.length === PUBLIC_ID_CHARS, "a public id");
  return `${appUrl}${MARK}${publicId}`;
};

/** Links of other addresses lead elsewhere: they are no links to messages here. */
export const parseMessageLink = (appUrl: string, link: string): Result<PublicId, PublicIdError> =>
  link.startsWith(appUrl + MARK)
    ? parsePublicId(link.slice(appUrl.length + MARK.length))
    : err({ type: "PublicIdInvalid" });
