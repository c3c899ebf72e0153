/**
 * Signing out: what goes, what stays and where, then the others are told, then all of it is erased.
 *
 * [ASO1] Whether this is the only copy is said before, with the backup at hand. [ASO2] The others are told
 * before anything is erased; when they cannot be, that is said, and the person goes on or not. [ASO3] Without
 * a connection nobody is promised to be told.
 */
import { useLiveQuery } from "dexie-react-hooks";
import { type ReactElement, type ReactNode, useState } from "react";

import { type Copies, readCopies } from "../../db/history.ts";
import { waitingMessages } from "../../db/waiting.ts";
import { useSession, useStatus } from "../../session/session.ts";
import { deviceFailureText } from "../../text/device-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { deviceTitle, useOwnDevices } from "./use-own-devices.ts";

type Props = {
  /** The way to a backup, where this is the only copy. */
  readonly backup: ReactNode;
  /** Erases this browser and goes to the first screen. */
  readonly onErase: () => void;
  readonly onClose: () => void;
};

type Step =
  | { readonly type: "asking"; readonly failure: string }
  | { readonly type: "leaving" }
  /** Not everybody could be told. */
  | { readonly type: "untold"; readonly failure: string };

export function SignOutDialog({ backup, onErase, onClose }: Props): ReactElement {
  const { device } = useSession();
  const [step, setStep] = useState<Step>({ type: "asking", failure: "" });
  // Removed by another device: then nobody is to be told.
  const isOut = (useOwnDevices()?.isOut ?? false) && step.type === "asking";
  const words = texts().devices;

  const leave = async (): Promise<void> => {
    setStep({ type: "leaving" });
    const left = await device.call("devices", "leave");
    if (!left.ok) return setStep({ type: "untold", failure: deviceFailureText(left.error) });
    if (left.value.isTold) onErase();
    else setStep({ type: "untold", failure: words.notTold });
  };
  return (
    <Dialog
      heading={isOut ? words.outErase : words.signOutHeading}
      onClose={step.type === "leaving" ? null : onClose}
    >
      {step.type === "asking" ? <What backup={backup} isOut={isOut} /> : null}
      {step.type === "leaving" ? (
        <p className="hint" role="status">
          {words.signingOut}
        </p>
      ) : (
        <p className="failure" role="alert">
          {step.failure}
        </p>
      )}
      {step.type === "leaving" ? null : (
        <div className="button-row">
          <button
            type="button"
            className="primary-button"
            data-dangerous
            onClick={() => (step.type === "untold" || isOut ? onErase() : void leave())}
          >
            {step.type === "untold" || isOut ? words.eraseNow : words.signOutConfirm}
          </button>
          <button type="button" className="quiet-button" onClick={onClose}>
            {words.cancel}
          </button>
        </div>
      )}
    </Dialog>
  );
}

type WhatProps = Pick<Props, "backup"> & { readonly isOut: boolean };

function What({ backup, isOut }: WhatProps): ReactElement {
  const { db } = useSession();
  const copies = useLiveQuery(() => readCopies(db), [db]) ?? null;
  const waiting = useLiveQuery(() => waitingMessages(db), [db]) ?? 0;
  const isOffline = useStatus(({ connection }) => connection.type === "offline", false);
  const words = texts().devices;
  return (
    <>
      <p>
        {words.signOutBody} {isOut || isOffline ? "" : words.signOutTold}
      </p>
      {copies === null ? null : <WhatStays copies={copies} backup={backup} />}
      {waiting === 0 || isOut ? null : <p>{words.signOutWaiting(waiting)}</p>}
      {isOffline && !isOut ? <p>{words.signOutOffline}</p> : null}
    </>
  );
}

function WhatStays({
  copies,
  backup,
}: Pick<Props, "backup"> & { readonly copies: Copies }): ReactElement {
  const words = texts().devices;
  const { all, onlyHere, backedUpAtMs } = copies;
  if (onlyHere > 0) {
    return (
      <div className="only-copy">
        <p>{onlyHere === all ? words.signOutOnly : words.signOutPartly(onlyHere)}</p>
        {backedUpAtMs === 0 ? null : <p>{words.backupAt(fullTime(backedUpAtMs))}</p>}
        {backup}
      </div>
    );
  }
  const whole = copies.devices.filter((it) => !it.isThis && it.held >= it.all);
  return <p>{words.signOutOthers(whole.map(deviceTitle).join(", "))}</p>;
}
