/** The focus, for what has just come: what had it before is gone, or is on another page. */
import { type RefObject, useEffect, useRef } from "react";

/** Give the element a `tabIndex` of -1 if it takes no focus by itself. */
export function useFirstFocus<It extends HTMLElement>(): RefObject<It | null> {
  const it = useRef<It>(null);
  useEffect(() => it.current?.focus(), []);
  return it;
}
