/**
 * A modal dialog by the platform's own element: the browser keeps the focus inside, closes it on
 * Escape and gives the focus back. A bottom sheet on narrow screens (dialog.css).
 */
import { X } from "lucide-react";
import {
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useRef,
} from "react";

import { texts } from "../text/speech.ts";

type Props = {
  readonly heading: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

export function Dialog({ heading, onClose, children }: Props): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const headingId = useId();

  useEffect(() => {
    const element = dialog.current;
    if (element?.open === false) element.showModal();
    return () => element?.close();
  }, []);

  const closeOnBackdrop = (event: MouseEvent): void => {
    if (event.target === dialog.current) onClose();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- the backdrop; the key is Escape
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={headingId}
      onClick={closeOnBackdrop}
      onClose={onClose}
    >
      <div className="dialog-body">
        <header className="dialog-header">
          <h2 id={headingId}>{heading}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={texts().close}
            onClick={onClose}
          >
            <X aria-hidden="true" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
