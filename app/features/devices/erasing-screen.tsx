/** While this browser is erased, in every window of it; and when not everything would go. */
import type { ReactElement } from "react";

import { texts } from "../../text/speech.ts";
import { Screen } from "../../ui/screen.tsx";

type Props = {
  readonly hasFailed: boolean;
  readonly onAgain: () => void;
};

export function ErasingScreen({ hasFailed, onAgain }: Props): ReactElement {
  const words = texts().devices;
  return (
    <Screen heading={words.signOut}>
      {hasFailed ? (
        <>
          <p className="failure" role="alert">
            {words.eraseFailed}
          </p>
          <button type="button" className="primary-button" onClick={onAgain}>
            {texts().tryAgain}
          </button>
        </>
      ) : (
        <p role="status">{words.erasing}</p>
      )}
    </Screen>
  );
}
