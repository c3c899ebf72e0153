/** Where the app opens: a wide window that was given no chat shows the one that was open last. */
import { readPreferences } from "../platform/preferences.ts";

/** From here on the list and a chat stand side by side (style/layout.css). */
const TWO_PANES = "(min-width: 700px)";

/** Before the first rendering, which then is of that chat. */
export function openLastChat(): void {
  const { lastChat } = readPreferences();
  if (location.pathname !== "/" || lastChat === null || !matchMedia(TWO_PANES).matches) return;
  history.replaceState(history.state, "", `/chat/${lastChat}`);
}
