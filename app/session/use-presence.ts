/**
 * Whether the other side of a chat is here, as far as the person may know. [APR1] Who hides their own
 * presence is told nothing of others': neither now, nor what was known before.
 */
import type { Chat } from "../db/chats.ts";
import { useStatus } from "./session.ts";
import { useSettings } from "./settings.tsx";

export type Seen = {
  readonly online: boolean;
  /** Milliseconds since 1970; 0 = never, or not told. */
  readonly lastSeenMs: number;
};

const HIDDEN: Seen = { online: false, lastSeenMs: 0 };

export const usePresenceShown = (): boolean => useSettings().presenceShown;

export const usePresence = ({ account, kind, lastSeenMs }: Chat): Seen =>
  usePresenceOf(kind === "dm" ? account : null, lastSeenMs);

/** `account`: hex; null: nobody whose presence we are told. */
export function usePresenceOf(account: string | null, lastSeenMs: number): Seen {
  const key = account ?? "";
  const online = useStatus(({ presence }) => presence[key]?.online === true, false);
  const told = useStatus(({ presence }) => presence[key]?.lastSeenMs ?? 0, 0);
  const shown = usePresenceShown();
  if (account === null || !shown) return HIDDEN;
  return { online, lastSeenMs: Math.max(told, lastSeenMs) };
}
