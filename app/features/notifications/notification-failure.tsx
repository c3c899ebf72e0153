/** What became of the wish to be told: nothing while all is well. */
import type { ReactElement } from "react";

import { texts } from "../../text/speech.ts";
import type { Turning } from "./use-notifications.ts";

export function NotificationFailure({
  error,
  isBusy,
}: Pick<Turning, "error" | "isBusy">): ReactElement {
  const words = texts().notifications;
  const sentence = { PushDenied: words.denied, PushUnavailable: words.unavailable };
  return (
    <p className="hint" role="status">
      {isBusy ? words.turningOn : error === null ? "" : sentence[error]}
    </p>
  );
}
