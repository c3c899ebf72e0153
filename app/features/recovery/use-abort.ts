/** Work that ends when its person stops it, or leaves it. [AUB1] Only what was begun last can be stopped. */
import { useCallback, useEffect, useRef } from "react";

type Abort = {
  /** For what begins now. */
  readonly begin: () => AbortSignal;
  readonly stop: () => void;
};

export function useAbort(): Abort {
  const current = useRef<AbortController | null>(null);
  const stop = useCallback((): void => current.current?.abort(), []);
  useEffect(() => stop, [stop]);
  const begin = useCallback((): AbortSignal => {
    current.current = new AbortController();
    return current.current.signal;
  }, []);
  return { begin, stop };
}
