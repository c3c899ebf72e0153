/** Every way that a command can fail, in words with a way out. One table for the whole app. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { ActError, InviteError, SendError, StartError } from "../../sync/refusals.ts";
import type { RoomsError } from "../../sync/rooms/rooms.ts";
import type { EngineFailure } from "../engine/calls.ts";
import { texts } from "./speech.ts";

export type Failure = StartError | InviteError | SendError | ActError | EngineFailure | RoomsError;

export function failureText(failure: Failure): string {
  const { errors, onboarding, conversation } = texts();
  switch (failure.type) {
    case "AlreadyStarted":
    case "EngineGone":
    case "EngineBusy":
    case "RoomUnknown":
    case "RoomsUnavailable":
      return errors.engineGone;
    case "NameEmpty":
      return onboarding.nameEmpty;
    case "NameTooLong":
      return onboarding.nameTooLong(failure.limit);
    case "NotStarted":
      return errors.notStarted;
    case "LinkMalformed":
      return errors.linkMalformed;
    case "LinkVersionUnknown":
      return errors.linkVersion;
    case "LinkExpired":
      return errors.linkExpired;
    case "LinkIsOwn":
      return errors.linkIsOwn;
    case "InviteNotFound":
      return errors.inviteNotFound;
    case "InviteForged":
      return errors.inviteForged;
    case "RelayUnreachable":
      return errors.relayUnreachable;
    case "RegistrationRefused":
      return errors.registrationRefused;
    case "ChannelUnknown":
      return errors.channelUnknown;
    case "TextEmpty":
      return errors.textEmpty;
    case "TextTooManyCharacters":
      return conversation.tooLong(failure.characters - failure.limit);
    case "NotAllowed":
      return errors.notAllowed;
    case "MessageUnknown":
    case "NotAMessage":
      return errors.messageUnknown;
    case "MessageGone":
      return errors.messageGone;
    case "NotYours":
      return errors.notYours;
    case "EmojiInvalid":
      return errors.emojiInvalid;
    case "MentionsInvalid":
      return errors.mentionsInvalid;
    case "StorageFull":
      return errors.storageFull;
    case "StorageFailed":
      return errors.storageFailed;
    default:
      return unreachable(failure);
  }
}
