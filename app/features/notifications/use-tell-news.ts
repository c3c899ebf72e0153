/**
 * What comes while a tab is open and nobody looks at it: no push is sent then, since the engine has
 * acknowledged it. [ATN1] A hidden tab tells what comes from then on, where the person wants that; one in
 * front tells nothing.
 */
import { useEffect, useRef } from "react";

import type { Chat } from "../../db/chats.ts";
import { type News, newsOf } from "../../db/news.ts";
import { noteKnown, showNews } from "../../platform/notifications.ts";
import { followVisibility, isVisible } from "../../platform/presence-of-person.ts";
import { withRegistration } from "../../platform/push.ts";
import { language } from "../../text/speech.ts";
import { useNotificationsChosen } from "./use-notifications.ts";

/** `chats` as they are now; undefined: not read yet. */
export function useTellNews(chats: readonly Chat[] | undefined): void {
  const isOn = useNotificationsChosen() === "on";
  const isRead = chats !== undefined;
  const latest = useRef<readonly News[]>([]);
  useEffect(() => {
    if (chats === undefined) return;
    latest.current = newsOf(chats, Date.now());
    if (!isOn || isVisible()) return;
    void withRegistration((it) => showNews(it, latest.current, [language()]));
  }, [isOn, chats]);
  // The list is seen when the person comes, and known when they turn away.
  useEffect(
    () =>
      isOn && isRead
        ? followVisibility(() => void withRegistration((it) => noteKnown(it, latest.current)))
        : undefined,
    [isOn, isRead],
  );
}
