/** Every way that linking can fail, in words with a way out. */
import { unreachable } from "../../../crypto/base/assert.ts";
import type { LinkError } from "../../../sync/link/progress.ts";
import type { EngineFailure } from "../../engine/calls.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";

export type LinkFailure = LinkError | EngineFailure;

export function linkFailureText(failure: LinkFailure): string {
  const { errors } = texts().linking;
  switch (failure.type) {
    case "DeviceLinkMalformed":
      return errors.malformed;
    case "DeviceLinkExpired":
      return errors.expired;
    case "LinkSameRole":
      return failure.role === "member" ? errors.bothMembers : errors.bothNew;
    case "LinkOtherRelay":
      return errors.otherRelay(failure.relayUrl);
    case "LinkUsed":
      return errors.used;
    case "LinkForged":
      return errors.forged;
    case "LinkCancelled":
      return errors.cancelled;
    case "DevicesTooMany":
      return errors.tooMany(failure.limit);
    case "GrantTooLong":
      return errors.tooLong;
    case "StorageFailed":
    case "StorageFull":
      return errors.storage;
    case "EngineBusy":
    case "EngineGone":
    case "LinkVersionUnknown":
    case "NameEmpty":
    case "NameTooLong":
    case "RegistrationRefused":
    case "RelayUnreachable":
      return failureText(failure);
    default:
      return unreachable(failure);
  }
}
