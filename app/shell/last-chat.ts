/** Where the app opens: a wide window that was given no chat shows the one that was open last. */
import { readPreferences } from "../platform/preferences.ts";

/** From here on the list and a chat stand side by side (style/layout.css). */
const TWO_PANES = "(min-width: 700px)";
const CHAT_PATH = /^\/chat\/(\d+)$/u;

/** The number of the chat that is shown first; null: none. */
export function chatToOpen(): number | null {
  const [, c] = CHAT_PATH.exec(location.pathname) ?? [];
  if (c !== undefined) return Number(c);
  const isElsewhere = location.pathname !== "/" || !matchMedia(TWO_PANES).matches;
  return isElsewhere ? null : readPreferences().lastChat;
}

/** Before the first rendering, which then is of that chat. */
export function openLastChat(): void {
  const c = chatToOpen();
  if (c === null || location.pathname !== "/") return;
  history.replaceState(history.state, "", `/chat/${c}`);
}
