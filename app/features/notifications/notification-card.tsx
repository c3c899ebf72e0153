/**
 * Asks, once and in passing, whether the app may tell when somebody writes. [ANC1] Only after somebody
 * has written, also when they were answered since, where the browser can do it and has not been told no;
 * whoever waves it away is not asked again.
 */
import type { ReactElement } from "react";

import type { Chat } from "../../db/chats.ts";
import { setPreferences } from "../../platform/preferences.ts";
import { canPush, isPushDenied } from "../../platform/push.ts";
import { texts } from "../../text/speech.ts";
import { NotificationFailure } from "./notification-failure.tsx";
import { useNotifications } from "./use-notifications.ts";

export function NotificationCard({
  chats,
}: {
  readonly chats: readonly Chat[];
}): ReactElement | null {
  const { chosen, isBusy, error, turn } = useNotifications();
  const words = texts().notifications;
  const isWritten = chats.some(({ newsMs }) => newsMs > 0);
  if (chosen !== "unasked" || !isWritten || !canPush() || (isPushDenied() && error === null)) {
    return null;
  }
  return (
    <section className="offer-card" aria-label={words.heading}>
      <p>{words.offer}</p>
      <p className="hint">{words.offerHint}</p>
      <NotificationFailure error={error} isBusy={isBusy} />
      <div className="offer-buttons">
        <button
          type="button"
          className="primary-button"
          disabled={isBusy}
          onClick={() => turn(true)}
        >
          {words.turnOn}
        </button>
        <button
          type="button"
          className="quiet-button"
          onClick={() => setPreferences({ notifications: "off" })}
        >
          {words.later}
        </button>
      </div>
    </section>
  );
}
