/** Every way that something with a device can fail, in words with a way out. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { DeviceError } from "../../sync/devices/commands.ts";
import type { NameError } from "../../sync/payload/name.ts";
import type { EngineFailure } from "../engine/calls.ts";
import { texts } from "./speech.ts";

export type DeviceFailure = DeviceError | NameError | EngineFailure;

export function deviceFailureText(failure: DeviceFailure): string {
  const { errors, onboarding, devices } = texts();
  const words = devices.errors;
  switch (failure.type) {
    case "NameEmpty":
      return onboarding.nameEmpty;
    case "NameTooLong":
      return onboarding.nameTooLong(failure.limit);
    case "NotStarted":
      return errors.notStarted;
    case "DeviceUnknown":
      return words.unknown;
    case "DeviceIsThis":
      return words.isThis;
    case "DeviceRemoved":
      return words.isOut;
    case "FactsTooMany":
      return words.tooMany;
    case "EngineGone":
    case "EngineBusy":
      return errors.engineGone;
    case "StorageFull":
      return errors.storageFull;
    case "StorageFailed":
      return errors.storageFailed;
    default:
      return unreachable(failure);
  }
}
