/**
 * The lines above everything: each says one thing that is wrong, or is to be waited for. [ASN1] A device that
 * was removed from its account waits for no relay.
 */
import type { ReactElement } from "react";

import { HistoryStrip } from "../features/devices/history-strip.tsx";
import { RemovedStrip } from "../features/devices/removed-strip.tsx";
import { useOwnDevices } from "../features/devices/use-own-devices.ts";
import { ConnectionStrip } from "./connection-strip.tsx";
import { UpdateStrip } from "./update-strip.tsx";

type Props = {
  /** The person is about to sign out, and needs not be told that the device is. */
  readonly isLeaving: boolean;
  readonly onErase: () => void;
};

export function Strips({ isLeaving, onErase }: Props): ReactElement {
  const isOut = useOwnDevices()?.isOut ?? false;
  return (
    <div className="strips">
      {isOut ? null : <ConnectionStrip />}
      {isOut && !isLeaving ? <RemovedStrip onErase={onErase} /> : null}
      <HistoryStrip />
      <UpdateStrip />
    </div>
  );
}
