/**
 * [AFB1] Who leaves a chat, or a page, for the list stands in it where they left it: what had the focus is gone,
 * and keys and screen readers would begin at the top again. A focus that is elsewhere is left alone.
 */
import { useEffect, useRef } from "react";

/** `openC`: the open chat; null: a page, or the list itself. */
export function useFocusBack(openC: number | null, isList: boolean): void {
  const left = useRef<number | null | undefined>(undefined);
  useEffect(() => {
    if (!isList) {
      left.current = openC;
      return;
    }
    const hasFocus = document.activeElement !== null && document.activeElement !== document.body;
    if (left.current === undefined || hasFocus) return;
    const chat = document.querySelector<HTMLElement>(`.chat-item[href="/chat/${left.current}"]`);
    (chat ?? document.querySelector<HTMLElement>(".chat-item"))?.focus();
  }, [openC, isList]);
}
