/**
 * The keys that work everywhere but in a dialog, and never while an input method composes.
 *
 * [AKB1] Alt+Up and Alt+Down go to the previous and next chat, with Shift to the previous and next
 * unread one. Which chat it is now is announced, or that there is none. [AKB2] A letter typed where
 * nothing takes it goes to the composer. [AKB3] Escape in a chat goes to the composer, and from there
 * to the list; where there is no composer, at once. [AKB4] Ctrl+K (Cmd+K) opens the switcher, Ctrl+/ the list of keys.
 */
import { useEffect } from "react";
import { useLocation } from "wouter";

import type { Chat } from "../db/chats.ts";
import { isCommand, isComposing } from "../platform/keys.ts";
import { nameOf } from "../text/chat-text.ts";
import { texts } from "../text/speech.ts";
import { useAnnounce } from "../ui/announcer.tsx";
import { nextChat } from "./next-chat.ts";

const composer = (): HTMLTextAreaElement | null =>
  document.querySelector<HTMLTextAreaElement>(".composer-field");

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest("input, textarea, select, [contenteditable]") !== null;

const hasModal = (): boolean => document.querySelector("dialog[open]") !== null;

/** The letter of the key: on keyboards of other scripts the one that stands there on a Latin one. */
const latinOf = ({ key, code }: KeyboardEvent): string =>
  /^[\p{ASCII}]$/u.test(key) ? key.toLowerCase() : code.replace(/^Key/u, "").toLowerCase();

type Doings = { readonly onSwitcher: () => void; readonly onKeys: () => void };

export function useShortcuts(
  chats: readonly Chat[],
  openC: number | null,
  { onSwitcher, onKeys }: Doings,
): void {
  const [at, navigate] = useLocation();
  const announce = useAnnounce();

  useEffect(() => {
    const step = (by: 1 | -1, unreadOnly: boolean): void => {
      const next = nextChat(chats, openC, { by, unreadOnly });
      if (next !== undefined) navigate(`/chat/${next.c}`);
      announce(next === undefined ? endOf(by, unreadOnly) : saidOf(next));
    };
    const escape = (): void => {
      const field = composer();
      if (field === null || document.activeElement === field) navigate("/");
      else field.focus();
    };
    const command = (event: KeyboardEvent): void => {
      const act = { k: onSwitcher, "/": onKeys }[latinOf(event)];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || hasModal() || isComposing(event)) return;
      const { key, altKey, ctrlKey, metaKey, shiftKey, target } = event;
      if (altKey && !ctrlKey && !metaKey && (key === "ArrowUp" || key === "ArrowDown")) {
        event.preventDefault();
        step(key === "ArrowUp" ? -1 : 1, shiftKey);
      } else if (isCommand(event)) {
        command(event);
      } else if (key === "Escape" && at !== "/") {
        escape();
      } else if (key.length === 1 && key !== " " && !altKey && !ctrlKey && !metaKey) {
        // The character itself arrives in the field that has the focus by then.
        if (!takesText(target)) composer()?.focus();
      }
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [chats, openC, at, navigate, announce, onSwitcher, onKeys]);
}

function saidOf(chat: Chat): string {
  const unread = chat.unread === 0 ? "" : `, ${texts().chats.unread(chat.unread)}`;
  return `${nameOf(chat)}${unread}`;
}

function endOf(by: 1 | -1, unreadOnly: boolean): string {
  const { noneAbove, noneBelow, noUnreadAbove, noUnreadBelow } = texts().chats;
  if (unreadOnly) return by === -1 ? noUnreadAbove : noUnreadBelow;
  return by === -1 ? noneAbove : noneBelow;
}
