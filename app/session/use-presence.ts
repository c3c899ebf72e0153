/**
 * Whether the other side of a chat is here, as far as the person may know. [APR1] Who hides their own
 * presence is told nothing of others': neither now, nor what was known before.
 */
import { useSyncExternalStore } from "react";

import type { Chat } from "../db/chats.ts";
import { listenPreferences, readPreferences } from "../platform/preferences.ts";
import { useStatus } from "./session.ts";

export type Seen = {
  readonly online: boolean;
  /** Milliseconds since 1970; 0 = never, or not told. */
  readonly lastSeenMs: number;
};

const HIDDEN: Seen = { online: false, lastSeenMs: 0 };

export const usePresenceShown = (): boolean =>
  useSyncExternalStore(listenPreferences, () => readPreferences().presenceShown);

export function usePresence({ account, kind, lastSeenMs }: Chat): Seen {
  const online = useStatus(({ presence }) => presence[account]?.online === true, false);
  const told = useStatus(({ presence }) => presence[account]?.lastSeenMs ?? 0, 0);
  const shown = usePresenceShown();
  if (kind === "self" || !shown) return HIDDEN;
  return { online, lastSeenMs: Math.max(told, lastSeenMs) };
}
