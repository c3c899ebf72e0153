/**
 * Removing another device. [ARU1] What it means is said before it is done, and what goes with it is the
 * person's to say: the devices that it has linked.
 */
import { type ReactElement, useState } from "react";
import { flushSync } from "react-dom";

import type { OwnDevice } from "../../db/devices.ts";
import { useSession } from "../../session/session.ts";
import { type DeviceFailure, deviceFailureText } from "../../text/device-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { deviceTitle } from "./use-own-devices.ts";

type Props = {
  readonly removed: OwnDevice;
  readonly devices: readonly OwnDevice[];
  /** The dialog is closed. */
  readonly onRemoved: () => void;
  readonly onClose: () => void;
};

export function RemoveDialog({ removed, devices, onRemoved, onClose }: Props): ReactElement {
  const { device } = useSession();
  const announce = useAnnounce();
  const linked = devices.filter((it) => it.linkedBy === removed.device && !it.isThis);
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set(linked.map((it) => it.device)));
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<DeviceFailure | null>(null);
  const words = texts().devices;

  const remove = async (): Promise<void> => {
    setBusy(true);
    const done = await device.call("devices", "revoke", removed.device, [...kept]);
    setBusy(false);
    if (!done.ok) return setFailure(done.error);
    announce(words.removed(deviceTitle(removed)));
    // Closing gives the focus back to what asked, which is about to go.
    flushSync(onClose);
    onRemoved();
  };
  const keep = (id: string, isKept: boolean): void =>
    setKept((before) => {
      const now = new Set(before);
      if (isKept) now.add(id);
      else now.delete(id);
      return now;
    });
  return (
    <Dialog heading={words.removeHeading(deviceTitle(removed))} onClose={onClose}>
      <p>{words.removeBody}</p>
      {linked.length === 0 ? null : (
        <fieldset className="device-kept">
          <legend>{words.removeKeep}</legend>
          {linked.map((it) => (
            <label key={it.device} className="switch">
              <input
                type="checkbox"
                checked={kept.has(it.device)}
                onChange={(event) => keep(it.device, event.currentTarget.checked)}
              />
              <bdi>{deviceTitle(it)}</bdi>
            </label>
          ))}
        </fieldset>
      )}
      <p className="failure" role="alert">
        {failure === null ? "" : deviceFailureText(failure)}
      </p>
      <div className="button-row">
        <button
          type="button"
          className="primary-button"
          data-dangerous
          aria-disabled={isBusy}
          onClick={() => (isBusy ? undefined : void remove())}
        >
          {words.removeConfirm}
        </button>
        <button type="button" className="quiet-button" onClick={onClose}>
          {words.cancel}
        </button>
      </div>
    </Dialog>
  );
}
