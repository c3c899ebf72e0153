/** Why there is no safety number, in words. */
import { unreachable } from "../../../crypto/base/assert.ts";
import type { SafetyError } from "../../../sync/safety/safety.ts";
import type { EngineFailure } from "../../engine/calls.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";

export function safetyFailureText(error: SafetyError | EngineFailure): string {
  const { safety } = texts().recovery;
  switch (error.type) {
    case "ContactUnknown":
      return safety.noMatch;
    case "SafetyCodeMalformed":
      return safety.codeMalformed;
    case "EngineBusy":
    case "EngineGone":
    case "StorageFailed":
    case "StorageFull":
      return failureText(error);
    default:
      return unreachable(error);
  }
}
