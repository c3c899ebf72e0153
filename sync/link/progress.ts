/**
 * How far the linking of two devices is, and why it failed: what screens need, and no secret but the
 * link while it is shown. Plain data: it crosses a message port.
 */
import type { LinkRole } from "../../crypto/link/code.ts";
import type { NameError } from "../payload/name.ts";

export type LinkError =
  /** Of the name that the new device gives itself. */
  | NameError
  | { readonly type: "DeviceLinkMalformed" }
  | { readonly type: "LinkVersionUnknown" }
  | { readonly type: "DeviceLinkExpired" }
  /** Both devices are `role`: both have an account already, or neither has. */
  | { readonly type: "LinkSameRole"; readonly role: LinkRole }
  /** The account's relay is this one: the new device has to open the app there. */
  | { readonly type: "LinkOtherRelay"; readonly relayUrl: string }
  | { readonly type: "RelayUnreachable" }
  | { readonly type: "RegistrationRefused" }
  /** Somebody else was quicker with this code. */
  | { readonly type: "LinkUsed" }
  /** What came is not what the code promises, or not for this device. */
  | { readonly type: "LinkForged" }
  /** By the other device; our own person needs no word. */
  | { readonly type: "LinkCancelled" }
  | { readonly type: "DevicesTooMany"; readonly limit: number }
  /** What the account must tell a new device is longer than a grant may be. */
  | { readonly type: "GrantTooLong" }
  /** The disk did not take the account. */
  | { readonly type: "StorageFailed" };

/** `role`: which of the two this device is. */
export type LinkProgress =
  | {
      readonly type: "shown";
      readonly role: LinkRole;
      readonly link: string;
      readonly expiresAtMs: number;
    }
  /** The other device's code was used, and its answer is awaited. */
  | { readonly type: "meeting"; readonly role: LinkRole }
  /**
   * Both know each other's keys. `sas`: 32 bytes for `emojiOf` (crypto/verify/emoji.ts). `name`: the
   * account's, or what the new device calls itself. The member waits for its person, the other for it.
   */
  | {
      readonly type: "compare";
      readonly role: LinkRole;
      readonly sas: Uint8Array;
      readonly name: string;
    }
  /** The member has agreed; the new device has not yet taken what it was given. */
  | { readonly type: "granting" }
  | { readonly type: "linked"; readonly role: LinkRole }
  | { readonly type: "failed"; readonly why: LinkError };
