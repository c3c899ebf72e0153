/**
 * Asks before something that has no way back. [AAD1] The way out has the focus first. [AAD2] What was
 * refused is said where it was asked. [AAD3] The focus can go elsewhere afterwards: the dialog is gone by then.
 */
import { type ReactElement, type ReactNode, useRef, useState } from "react";
import { flushSync } from "react-dom";

import type { Result } from "../../../crypto/base/result.ts";
import { type GroupFailure, groupFailureText } from "../../text/group-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";

type Props = {
  readonly heading: string;
  /** What is done, as the button says it. */
  readonly label: string;
  readonly act: () => Promise<Result<void, GroupFailure>>;
  /** The dialog is closed. */
  readonly onDone: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

export function AskDialog(props: Props): ReactElement {
  const { heading, label, act, onDone, onClose, children } = props;
  const cancel = useRef<HTMLButtonElement>(null);
  const [failure, setFailure] = useState<GroupFailure | null>(null);
  const isRunning = useRef(false);
  const run = async (): Promise<void> => {
    if (isRunning.current) return;
    isRunning.current = true;
    setFailure(null);
    const done = await act();
    isRunning.current = false;
    if (!done.ok) return setFailure(done.error);
    // Closing gives the focus back to what asked, which may be about to go.
    flushSync(onClose);
    onDone();
  };
  return (
    <Dialog heading={heading} initialFocus={cancel} onClose={onClose}>
      {children}
      <p className="failure" role="alert">
        {failure === null ? "" : groupFailureText(failure)}
      </p>
      <div className="button-row">
        <button ref={cancel} type="button" className="quiet-button" onClick={onClose}>
          {texts().groups.cancel}
        </button>
        <button
          type="button"
          className="primary-button"
          data-dangerous="true"
          onClick={() => void run()}
        >
          {label}
        </button>
      </div>
    </Dialog>
  );
}
