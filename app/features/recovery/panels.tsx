/** The dialogs of recovery, loaded when somebody opens one: hardly anybody does on most days. */
import { type ReactElement, Suspense } from "react";

import { unreachable } from "../../../crypto/base/assert.ts";
import type { Chat } from "../../db/chats.ts";
import type { RemoteDevice } from "../../engine/remote-device.ts";
import { late } from "../../ui/late.tsx";

const Words = late(async () => (await import("./words-dialog.tsx")).WordsDialog);
const Export = late(async () => (await import("./export-dialog.tsx")).ExportDialog);
const Import = late(async () => (await import("./import-dialog.tsx")).ImportDialog);
const Restore = late(async () => (await import("./restore-dialog.tsx")).RestoreDialog);

const Scanned = late(async () => (await import("./scanned-dialog.tsx")).ScannedDialog);

export type RecoveryPanel = "words" | "export" | "import";

type Props = {
  readonly panel: RecoveryPanel;
  readonly device: RemoteDevice;
  readonly onClose: () => void;
};

/** Of somebody who has started. */
export function RecoveryPanels({ panel, device, onClose }: Props): ReactElement {
  return (
    <Suspense key={panel} fallback={null}>
      {dialogOf({ panel, device, onClose })}
    </Suspense>
  );
}

function dialogOf({ panel, device, onClose }: Props): ReactElement {
  switch (panel) {
    case "words":
      return <Words onClose={onClose} />;
    case "export":
      return <Export onClose={onClose} />;
    case "import":
      return <Import device={device} isNew={false} onImported={onClose} onClose={onClose} />;
    default:
      return unreachable(panel);
  }
}

type NewcomerProps = {
  readonly panel: "restore" | "import";
  readonly device: RemoteDevice;
  readonly onBackup: () => void;
  readonly onStarted: () => void;
  readonly onClose: () => void;
};

/** On the first screen. */
export const RestorePanels = (props: NewcomerProps): ReactElement => {
  const { panel, device, onBackup, onStarted, onClose } = props;
  return (
    // A boundary each: one that waits hides what it showed, and a hidden dialog closes.
    <Suspense key={panel} fallback={null}>
      {panel === "restore" ? (
        <Restore device={device} onBackup={onBackup} onRestored={onStarted} onClose={onClose} />
      ) : (
        <Import device={device} isNew onImported={onStarted} onClose={onClose} />
      )}
    </Suspense>
  );
};

type ScannedProps = {
  readonly link: string;
  readonly chats: readonly Chat[];
  readonly onClose: () => void;
};

/** Somebody's safety number was scanned. */
export const ScannedPanel = (props: ScannedProps): ReactElement => (
  <Suspense fallback={null}>
    <Scanned {...props} />
  </Suspense>
);
