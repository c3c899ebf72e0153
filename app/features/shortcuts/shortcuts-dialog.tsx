/** All keys: [ASH1] each with what it does, by the names on this machine's keyboard. */
import type { ReactElement } from "react";

import { printedKeys } from "../../platform/keys.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { heading, command, alt, groups } = texts().keys;
  const printed = printedKeys() ?? { command, alt };
  return (
    <Dialog heading={heading} onClose={onClose}>
      {groups(printed).map(({ title, keys }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl className="keys">
            {keys.map(([pressed, what]) => (
              <div key={what}>
                <dt>
                  <kbd dir="ltr">{pressed}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
