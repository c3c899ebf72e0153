/**
 * Work that takes a while: how much is done, what is being done, and the way out. [AWG1] The button that began it
 * keeps the focus, and has it again when the work was stopped.
 */
import { type ReactElement, useRef } from "react";

import { texts } from "../../text/speech.ts";

type WorkingProps = {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  readonly doing: string;
};

export const Working = ({ label, share, doing }: WorkingProps): ReactElement => (
  <>
    <progress aria-label={label} value={share} />
    <p className="hint" role="status">
      {doing}
    </p>
  </>
);

type RowProps = {
  /** What begins it. */
  readonly submit: string;
  readonly isReady?: boolean;
  /** Null: there is nothing to stop, or it must not be stopped. */
  readonly onStop: (() => void) | null;
  readonly isBusy: boolean;
};

export function StopRow({ submit, isReady = true, isBusy, onStop }: RowProps): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  return (
    <div className="button-row">
      <button
        ref={button}
        type="submit"
        className="primary-button"
        disabled={!isReady}
        aria-disabled={isBusy}
      >
        {submit}
      </button>
      {onStop === null ? null : (
        <button
          type="button"
          className="quiet-button"
          onClick={() => {
            onStop();
            button.current?.focus();
          }}
        >
          {texts().recovery.cancel}
        </button>
      )}
    </div>
  );
}
