/** Screens that stand in the way of the app and say why, each with a way out. */
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

/** The browser evicted what it held. A new identity is made only when the person asks for it. */
export function ClearedScreen({
  onStartAgain,
}: {
  readonly onStartAgain: () => void;
}): ReactElement {
  const { heading, body, why, helpHeading, helpOther, helpAgain, startAgain } = texts().cleared;
  return (
    <Screen heading={heading}>
      <p className="lead">{body}</p>
      <p>{why}</p>
      <h2>{helpHeading}</h2>
      <p>{helpOther}</p>
      <p>{helpAgain}</p>
      <button type="button" className="quiet-button" onClick={onStartAgain}>
        {startAgain}
      </button>
    </Screen>
  );
}
