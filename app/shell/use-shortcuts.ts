/**
 * The keys that work everywhere.
 *
 * [AKB1] Alt+Up and Alt+Down go to the previous and next chat. [AKB2] A letter typed where nothing
 * takes it goes to the composer. [AKB3] Escape in a chat goes to the composer, and from there to
 * the list.
 */
import { useEffect } from "react";
import { useLocation } from "wouter";

import type { Chat } from "../db/chats.ts";

const composer = (): HTMLTextAreaElement | null =>
  document.querySelector<HTMLTextAreaElement>(".composer-field");

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest("input, textarea, select, [contenteditable]") !== null;

const hasModal = (): boolean => document.querySelector("dialog[open]") !== null;

export function useShortcuts(chats: readonly Chat[], openC: number | null): void {
  const [, navigate] = useLocation();

  useEffect(() => {
    const step = (by: 1 | -1): void => {
      const at = chats.findIndex(({ c }) => c === openC);
      const next = chats[at === -1 && by === -1 ? chats.length - 1 : at + by];
      if (next !== undefined) navigate(`/chat/${next.c}`);
    };
    const escape = (): void => {
      if (document.activeElement === composer()) navigate("/");
      else composer()?.focus();
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || hasModal() || event.isComposing) return;
      const { key, altKey, ctrlKey, metaKey, target } = event;
      if (altKey && (key === "ArrowUp" || key === "ArrowDown")) {
        event.preventDefault();
        step(key === "ArrowUp" ? -1 : 1);
      } else if (key === "Escape" && openC !== null) {
        escape();
      } else if (key.length === 1 && key !== " " && !altKey && !ctrlKey && !metaKey) {
        // The character itself arrives in the field that has the focus by then.
        if (!takesText(target)) composer()?.focus();
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [chats, openC, navigate]);
}
