/** Why a person's command could not be done, in types; the app puts them into words. */
import type { LongTextError } from "./thread/long-text.ts";

export type StartError =
  | { readonly type: "AlreadyStarted" }
  | { readonly type: "NameEmpty" }
  | { readonly type: "NameTooLong"; readonly limit: number };

export type InviteError =
  | { readonly type: "NotStarted" }
  | { readonly type: "LinkMalformed" }
  | { readonly type: "LinkVersionUnknown" }
  | { readonly type: "LinkExpired" }
  | { readonly type: "LinkIsOwn" }
  /** Nothing lies at the link's address: used up, withdrawn, or the relay lost it. */
  | { readonly type: "InviteNotFound" }
  /** The record does not match the link: somebody altered it. */
  | { readonly type: "InviteForged" }
  | { readonly type: "RelayUnreachable" }
  /** The relay does not take new people. */
  | { readonly type: "RegistrationRefused" };

/** Not an operator's invitation as the relay prints it. */
export type AdmitError = { readonly type: "LinkMalformed" };

export type SendError =
  | { readonly type: "ChannelUnknown" }
  | LongTextError
  /** They were blocked, or their request was not accepted yet. */
  | { readonly type: "NotAllowed" }
  /** Of the message that is answered. */
  | TargetError
  | { readonly type: "MentionsInvalid" };

export type TargetError =
  /** No message of that id is in the chat on this device. */
  | { readonly type: "MessageUnknown" }
  /** It was deleted. */
  | { readonly type: "MessageGone" }
  | { readonly type: "NotAMessage" };

/** Why something could not be done with a message. */
export type ActError =
  | SendError
  /** Somebody else wrote it. */
  | { readonly type: "NotYours" }
  | { readonly type: "EmojiInvalid" };
