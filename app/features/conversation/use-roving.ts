/**
 * Arrow keys in the log: one message takes part in the Tab order, Up, Down, Home and End move it.
 *
 * [ARV1] Without a choice it is the newest message. [ARV2] When the chosen one leaves the document,
 * the focus goes to the newest, and is not lost.
 */
import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useState,
} from "react";

type Roving = {
  /** Id of the message that Tab reaches; null: the newest. */
  readonly activeId: string | null;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
};

const messageOf = (target: EventTarget): HTMLElement | null =>
  target instanceof HTMLElement ? target.closest<HTMLElement>("[data-message]") : null;

/** `list`: its children are the messages. */
export function useRoving(list: RefObject<HTMLElement | null>): Roving {
  const [activeId, setActiveId] = useState<string | null>(null);

  const onKeyDown = useCallback((event: KeyboardEvent<HTMLElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const current = messageOf(event.target);
    const next = current === null ? null : neighbourOf(event.key, current);
    if (next === null) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }, []);
  const onFocus = useCallback((event: FocusEvent<HTMLElement>) => {
    setActiveId(messageOf(event.target)?.dataset["message"] ?? null);
  }, []);
  // After each rendering: the row that had the focus may have left with it.
  useLayoutEffect(() => {
    if (activeId === null || document.activeElement !== document.body) return;
    const isThere = list.current?.querySelector(`[data-message="${CSS.escape(activeId)}"]`);
    const newest = list.current?.lastElementChild;
    if (isThere === null && newest instanceof HTMLElement) newest.focus({ preventScroll: true });
  });
  return { activeId, onKeyDown, onFocus };
}

function neighbourOf(key: string, current: HTMLElement): HTMLElement | null {
  const list = current.parentElement;
  const candidates: Readonly<Record<string, Element | null | undefined>> = {
    ArrowUp: current.previousElementSibling,
    ArrowDown: current.nextElementSibling,
    Home: list?.firstElementChild,
    End: list?.lastElementChild,
  };
  const next = candidates[key];
  return next instanceof HTMLElement ? next : null;
}
