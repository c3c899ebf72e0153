/** The head of what opens above or beside the chats: what it is, and the way to close it. */
import { X } from "lucide-react";
import type { ReactElement, RefObject } from "react";

import { texts } from "../text/speech.ts";

type Props = {
  /** Of the heading, which names the panel. */
  readonly id: string;
  readonly heading: string;
  /** A script gives the heading the focus at times. */
  readonly isFocusable?: boolean;
  readonly closeButton?: RefObject<HTMLButtonElement | null>;
  /** Else "Close": what stays open beside other things has a name of its own. */
  readonly closeLabel?: string;
  /** Null: it is not to be closed now. */
  readonly onClose: (() => void) | null;
};

export const PanelHeader = (props: Props): ReactElement => {
  const { id, heading, isFocusable = false, closeButton, closeLabel, onClose } = props;
  return (
    <header className="panel-header">
      <h2 id={id} tabIndex={isFocusable ? -1 : undefined}>
        {heading}
      </h2>
      {onClose === null ? null : (
        <button
          ref={closeButton}
          type="button"
          className="icon-button"
          aria-label={closeLabel ?? texts().close}
          onClick={onClose}
        >
          <X aria-hidden="true" />
        </button>
      )}
    </header>
  );
};
