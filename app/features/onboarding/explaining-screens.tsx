/**
 * Screens that stand in the way of the app and say why, each with a way out. [AWO1] Whose storage was
 * cleared restores their account, links this browser to another device of theirs, or starts again.
 */
import type { ReactElement } from "react";

import { texts } from "../../text/speech.ts";
import { Screen } from "../../ui/screen.tsx";

export function InsecureScreen(): ReactElement {
  const { heading, body, help } = texts().insecure;
  return (
    <Screen heading={heading}>
      <p className="lead">{body(location.host)}</p>
      <p>{help}</p>
    </Screen>
  );
}

export function UnsupportedScreen({ missing }: { readonly missing: string }): ReactElement {
  const { heading, body, help } = texts().unsupported;
  return (
    <Screen heading={heading}>
      <p className="lead">{body(missing)}</p>
      <p>{help}</p>
    </Screen>
  );
}

/** The database did not open although it may be there: nothing here deletes anything. */
export function BrokenScreen(): ReactElement {
  const { heading, body } = texts().broken;
  return (
    <Screen heading={heading}>
      <p className="lead">{body}</p>
      <button type="button" className="primary-button" onClick={() => location.reload()}>
        {texts().tryAgain}
      </button>
    </Screen>
  );
}

/** The part of the app that does the work did not start: nothing was made, nothing is lost. */
export function EngineScreen(): ReactElement {
  const { heading, body } = texts().noEngine;
  return (
    <Screen heading={heading}>
      <p className="lead">{body}</p>
      <button type="button" className="primary-button" onClick={() => location.reload()}>
        {texts().tryAgain}
      </button>
    </Screen>
  );
}

/** How the person goes on after their storage was cleared. */
export type Entrance = "start" | "link" | "restore";

/** The browser evicted what it held. A new identity is made only when the person asks for it. */
export function ClearedScreen({
  onGoOn,
}: {
  readonly onGoOn: (by: Entrance) => void;
}): ReactElement {
  const { cleared, linking, recovery } = texts();
  return (
    <Screen heading={cleared.heading}>
      <p className="lead">{cleared.body}</p>
      <p>{cleared.why}</p>
      <h2>{cleared.helpHeading}</h2>
      <p>{cleared.helpRestore}</p>
      <button type="button" className="primary-button" onClick={() => onGoOn("restore")}>
        {recovery.restore}
      </button>
      <p>{cleared.helpOther}</p>
      <button type="button" className="quiet-button" onClick={() => onGoOn("link")}>
        {linking.firstButton}
      </button>
      <p>{cleared.helpAgain}</p>
      <button type="button" className="quiet-button" onClick={() => onGoOn("start")}>
        {cleared.startAgain}
      </button>
    </Screen>
  );
}
