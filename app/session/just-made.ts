/**
 * The step from making a group into it: beside its conversation, where there is room, its details stand open, since
 * what comes next is there: more people, a link, a picture.
 */
import { useEffect, useState } from "react";

/** With the step in the browser's history. */
export const JUST_MADE = { isJustMade: true } as const;

/** As style/details.css. */
const ROOM = "(min-width: 1100px)";

const isHere = (): boolean => {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null && "isJustMade" in state;
};

/** The same while the conversation is open; not again when one comes back, or reloads. */
export function useJustMade(): boolean {
  const [isMade] = useState(() => isHere() && matchMedia(ROOM).matches);
  useEffect(() => {
    if (isHere()) history.replaceState(null, "");
  }, []);
  return isMade;
}
