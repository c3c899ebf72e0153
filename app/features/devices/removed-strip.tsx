/** This device was removed from its account. [ARM1] It says so, and offers to erase what is on it. */
import type { ReactElement } from "react";

import { texts } from "../../text/speech.ts";

export function RemovedStrip({ onErase }: { readonly onErase: () => void }): ReactElement {
  const words = texts().devices;
  return (
    <div className="strip removed-strip" role="alert">
      <span>
        <strong>{words.outHeading}.</strong> {words.outBody}
      </span>
      <button type="button" className="strip-button" onClick={onErase}>
        {words.erase}
      </button>
    </div>
  );
}
