/**
 * Dialogs that are loaded when somebody opens one. [ALX1] One that does not arrive says so in its place, with a
 * way out, and what lies below it stays.
 */
import { type ComponentType, lazy, type LazyExoticComponent, type ReactElement } from "react";

import { texts } from "../text/speech.ts";
import { Dialog } from "./dialog.tsx";

type Closing = { readonly onClose: () => void };

export function late<Props extends Closing>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch {
      return { default: Missing };
    }
  });
}

/** Browsers keep in mind that a script did not come: only a new page asks for it again. */
function Missing({ onClose }: Closing): ReactElement {
  return (
    <Dialog heading={texts().late.heading} onClose={onClose}>
      <p role="alert">{texts().late.body}</p>
      <button type="button" className="primary-button" onClick={() => location.reload()}>
        {texts().strip.reload}
      </button>
    </Dialog>
  );
}
