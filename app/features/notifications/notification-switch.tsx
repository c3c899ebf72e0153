/** Notifications in the settings. */
import type { ReactElement } from "react";

import { canPush, isPushAllowed, isPushDenied } from "../../platform/push.ts";
import { texts } from "../../text/speech.ts";
import { NotificationFailure } from "./notification-failure.tsx";
import { useNotifications } from "./use-notifications.ts";

export function NotificationSwitch(): ReactElement {
  const { chosen, isBusy, error, turn } = useNotifications();
  const words = texts().notifications;
  const isDenied = canPush() && isPushDenied();
  return (
    <section>
      <h3>{words.heading}</h3>
      <label className="switch">
        <input
          type="checkbox"
          checked={chosen === "on" && isPushAllowed()}
          disabled={isBusy || !canPush()}
          aria-describedby="notifications-hint"
          onChange={(event) => turn(event.currentTarget.checked)}
        />
        <span>{words.switch}</span>
      </label>
      <p id="notifications-hint" className="hint">
        {canPush() ? words.switchHint : words.unsupported}
      </p>
      <NotificationFailure error={isDenied ? "PushDenied" : error} isBusy={isBusy} />
    </section>
  );
}
