/** React's view of things outside it that change: the time, and whether the tab is in front. */
import { useEffect, useState, useSyncExternalStore } from "react";

import { isVisible } from "../platform/presence-of-person.ts";

const MINUTE_MS = 60_000;

function listenVisibility(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}

export const useVisible = (): boolean => useSyncExternalStore(listenVisibility, isVisible);

/** Now, in milliseconds since 1970, told again every minute: enough for "5 minutes ago". */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
