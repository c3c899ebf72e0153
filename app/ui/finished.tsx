/** The end of what was done step by step: how it ended, and the button that closes it. [AFI1] That has the focus. */
import type { ReactElement } from "react";

import { texts } from "../text/speech.ts";
import { useFirstFocus } from "./use-first-focus.ts";

type Props = { readonly children: string; readonly onClose: () => void };

export function Finished({ children, onClose }: Props): ReactElement {
  const button = useFirstFocus<HTMLButtonElement>();
  return (
    <>
      <p role="status">{children}</p>
      <button ref={button} type="button" className="primary-button" onClick={onClose}>
        {texts().done}
      </button>
    </>
  );
}
