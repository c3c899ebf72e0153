/** The lines above everything: each says one thing that is wrong, or is to be waited for. */
import type { ReactElement } from "react";

import { HistoryStrip } from "../features/devices/history-strip.tsx";
import { RemovedStrip } from "../features/devices/removed-strip.tsx";
import { ConnectionStrip } from "./connection-strip.tsx";
import { UpdateStrip } from "./update-strip.tsx";

type Props = {
  /** The person is about to sign out, and needs not be told that the device is. */
  readonly isLeaving: boolean;
  readonly onErase: () => void;
};

export const Strips = ({ isLeaving, onErase }: Props): ReactElement => (
  <div className="strips">
    <ConnectionStrip />
    {isLeaving ? null : <RemovedStrip onErase={onErase} />}
    <HistoryStrip />
    <UpdateStrip />
  </div>
);
