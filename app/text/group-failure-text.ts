/** Every way that something with a group can fail, in words with a way out. [AGF1] Each in its own. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { GroupError } from "../../sync/group/acts.ts";
import type { EngineFailure } from "../engine/calls.ts";
import { failureText } from "./failure-text.ts";
import { texts } from "./speech.ts";

export type GroupFailure = GroupError | EngineFailure;

export function groupFailureText(failure: GroupFailure): string {
  const { errors, groups } = texts();
  const words = groups.errors;
  switch (failure.type) {
    case "NotMember":
      return words.notMember;
    case "RoleTooLow":
      return words.roleTooLow[failure.needed];
    case "RoleAboveOwn":
      return words.roleAboveOwn;
    case "RankTooLow":
      return words.rankTooLow;
    case "TargetNotMember":
      return words.targetNotMember;
    case "AlreadyMember":
      return words.alreadyMember;
    case "SameRole":
      return words.sameRole;
    case "GroupFull":
      return words.full(failure.limit);
    case "NameEmpty":
      return groups.nameEmpty;
    case "NameTooLong":
      return words.nameTooLong(failure.limit);
    case "ContactUnknown":
      return words.contactUnknown;
    case "UsesOutOfRange":
      return words.uses(failure.limit);
    case "LifeOutOfRange":
      return words.life;
    case "LinksTooMany":
      return words.linksTooMany(failure.limit);
    case "LinkUnknown":
      return words.linkUnknown;
    case "JoinUnknown":
      return words.joinUnknown;
    case "NotAGroup":
      return errors.channelUnknown;
    case "NotStarted":
    case "ChannelUnknown":
    case "EngineBusy":
    case "EngineGone":
    case "StorageFailed":
    case "StorageFull":
      return failureText(failure);
    default:
      return unreachable(failure);
  }
}
