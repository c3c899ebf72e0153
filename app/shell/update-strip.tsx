/** Says that a new version is there, and changes to it when the person wants: never by itself. */
import { type ReactElement, useEffect, useState } from "react";

import { followUpdates, type Update } from "../platform/service-worker-updates.ts";
import { texts } from "../text/speech.ts";

export function UpdateStrip(): ReactElement | null {
  const [update, setUpdate] = useState<Update | null>(null);
  useEffect(() => followUpdates(setUpdate), []);
  if (update === null) return null;
  const words = texts().strip;
  return (
    <div className="strip strip-quiet" role="status">
      <span>{words.update}</span>
      <button type="button" className="strip-button" onClick={update.apply}>
        {words.updateNow}
      </button>
    </div>
  );
}
