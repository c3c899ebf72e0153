/** Every way that something with a device can fail, in words with a way out. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { DeviceError } from "../../sync/devices/commands.ts";
import type { NameError } from "../../sync/payload/name.ts";
import type { EngineFailure } from "../engine/calls.ts";
import { failureText } from "./failure-text.ts";
import { texts } from "./speech.ts";

export type DeviceFailure = DeviceError | NameError | EngineFailure;

export function deviceFailureText(failure: DeviceFailure): string {
  const { devices } = texts();
  const words = devices.errors;
  switch (failure.type) {
    case "DeviceUnknown":
      return words.unknown;
    case "DeviceIsThis":
      return words.isThis;
    case "DeviceRemoved":
      return words.isOut;
    case "FactsTooMany":
      return words.tooMany;
    case "NameEmpty":
    case "NameTooLong":
    case "NotStarted":
    case "EngineBusy":
    case "EngineGone":
    case "StorageFailed":
    case "StorageFull":
      return failureText(failure);
    default:
      return unreachable(failure);
  }
}
