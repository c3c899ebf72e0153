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

/** True once `pending` has lasted so long; false again when it ends. */
export function useLate(pending: boolean, afterMs: number): boolean {
  const [late, setLate] = useState(false);
  if (!pending && late) setLate(false);
  useEffect(() => {
    if (!pending) return undefined;
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => clearTimeout(timer);
  }, [pending, afterMs]);
  return late;
}
