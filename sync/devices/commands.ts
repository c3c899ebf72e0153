/**
 * What a person does with their devices: names, and the end of one, be it another or this. Each is
 * durable when it settles, unless it says otherwise. docs/protocol/devices.md.
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Result } from "../../crypto/base/result.ts";
import type { NameError } from "../payload/name.ts";

export type DeviceError =
  | { readonly type: "NotStarted" }
  /** No device of this account, or not any more. */
  | { readonly type: "DeviceUnknown" }
  /** It is this one: signing out is another command. */
  | { readonly type: "DeviceIsThis" }
  /** This device was removed itself: nobody believes it any more. */
  | { readonly type: "DeviceRemoved" }
  /** The account's statements are as many as are ever read. */
  | { readonly type: "FactsTooMany"; readonly limit: number };

/** What is left to do for this device's last words; null: nothing was left over. */
export type Departure = {
  /** The account's other devices and its contacts were told, or a relay keeps it for them. */
  readonly isTold: boolean;
  /** Our mailbox at the relay is gone. */
  readonly isForgotten: boolean;
};

export type Devices = {
  /** How the others call this device or another one. The last word of any of them holds. */
  readonly rename: (device: Hex, name: string) => Promise<Result<void, DeviceError | NameError>>;
  /** The same for this device, unless it has a name; with a number where another one is called so. To be called whenever the app opens. */
  readonly introduce: (name: string) => Promise<Result<void, DeviceError | NameError>>;
  /** What the person is called, on all devices and by contacts. */
  readonly callMe: (name: string) => Promise<Result<void, DeviceError | NameError>>;
  /**
   * Puts a device out of the account for ever. Devices that it has linked go with it, but those in
   * `kept` and those that this one hangs on.
   */
  readonly revoke: (device: Hex, kept: readonly Hex[]) => Promise<Result<void, DeviceError>>;
  /**
   * This device leaves its account: nothing is sent or taken any more. Settles when the others are told,
   * or after LEAVE_MS_MAX. What is here stays until the app erases it.
   */
  readonly leave: () => Promise<Result<Departure, DeviceError>>;
};
