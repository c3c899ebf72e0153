/**
 * A modal dialog by the platform's own element: the browser keeps the focus inside, closes it on
 * Escape and gives the focus back. A bottom sheet on narrow screens (dialog.css). [ADG1] While what it says
 * must not be left, nothing closes it: no Escape, nor the second one that browsers do not let a page keep.
 * [ADG2] A dialog that is opened in one closes alone: React has these events bubble.
 */
import {
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
  type SyntheticEvent,
  useId,
  useLayoutEffect,
  useRef,
} from "react";

import { PanelHeader } from "./panel-header.tsx";

type Props = {
  readonly heading: string;
  /** What has the focus first; else what comes first. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** Null: it is not to be closed now. */
  readonly onClose: (() => void) | null;
  readonly children: ReactNode;
};

export function Dialog({ heading, initialFocus, onClose, children }: Props): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const headingId = useId();

  // Before the element leaves the document: one that has left gives no focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element?.open === false) element.showModal();
    initialFocus?.current?.focus();
    return () => element?.close();
  }, [initialFocus]);

  const closeOnBackdrop = (event: MouseEvent): void => {
    if (event.target === dialog.current) onClose?.();
  };
  const closed = ({ target }: SyntheticEvent): void => {
    if (target !== dialog.current) return;
    if (onClose === null) dialog.current?.showModal();
    else onClose();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- the backdrop; the key is Escape
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={headingId}
      onClick={closeOnBackdrop}
      onCancel={(event) => {
        if (onClose === null && event.target === dialog.current) event.preventDefault();
      }}
      onClose={closed}
    >
      <div className="dialog-body">
        <PanelHeader id={headingId} heading={heading} onClose={onClose} />
        {children}
      </div>
    </dialog>
  );
}
