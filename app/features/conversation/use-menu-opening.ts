/**
 * The ways to a message's actions: its button, a click with the other mouse button, a long press, and on
 * the message that has the focus Enter or the menu key.
 *
 * [AMO1] A link and a selected text keep the browser's own menu. [AMO2] A finger that moves scrolls, and
 * opens nothing.
 */
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useMemo, useRef } from "react";

import type { Point } from "../../ui/menu.tsx";

const LONG_PRESS_MS = 500;
/** A finger that moves further scrolls. */
const STILL_PX = 10;

type Handlers = {
  readonly onContextMenu: (event: MouseEvent) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
};

const messageAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[data-message]") : null;

/** Beside the bubble: where a menu stands that no pointer asked for. */
export function besideBubble(message: Element | null): Point {
  const bubble = message?.querySelector(".bubble")?.getBoundingClientRect();
  if (bubble === undefined) return { x: 0, y: 0 };
  const isRtl = document.documentElement.dir === "rtl";
  return { x: isRtl ? bubble.right : bubble.left, y: bubble.bottom, above: bubble.top };
}

/** For the list of messages. */
export function useMenuOpening(open: (id: string, at: Point) => void): Handlers {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; at: Point }>(undefined);
  return useMemo(() => {
    const openOn = (message: HTMLElement | null, at: Point): void => {
      const id = message?.dataset["message"];
      if (id !== undefined) open(id, at);
    };
    const letGo = (): void => {
      clearTimeout(press.current?.timer);
      press.current = undefined;
    };
    return {
      onContextMenu: (event) => {
        const message = messageAt(event.target);
        const isLink = event.target instanceof Element && event.target.closest("a") !== null;
        if (message === null || isLink || getSelection()?.isCollapsed === false) return;
        event.preventDefault();
        letGo();
        const isByKey = event.clientX === 0 && event.clientY === 0;
        openOn(message, isByKey ? besideBubble(message) : { x: event.clientX, y: event.clientY });
      },
      onKeyDown: (event) => {
        const message = messageAt(event.target);
        const isMenuKey = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
        if (message === null || event.target !== message) return;
        if (event.key !== "Enter" && !isMenuKey) return;
        event.preventDefault();
        openOn(message, besideBubble(message));
      },
      onPointerDown: (event) => {
        letGo();
        const message = messageAt(event.target);
        if (event.pointerType !== "touch" || message === null) return;
        const at = { x: event.clientX, y: event.clientY };
        const timer = setTimeout(() => openOn(message, at), LONG_PRESS_MS);
        press.current = { timer, at };
      },
      onPointerMove: ({ clientX, clientY }) => {
        const from = press.current?.at;
        if (from === undefined) return;
        if (Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) letGo();
      },
      onPointerUp: letGo,
      onPointerCancel: letGo,
    };
  }, [open]);
}
