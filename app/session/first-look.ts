/**
 * What the first frame shows, read while the app starts and before anything is rendered: an empty
 * frame that is filled a moment later would cost a second rendering, and look like a flicker.
 */
import { createContext, use } from "react";

import type { Settings } from "../../sync/rooms/settings.ts";
import type { Chat } from "../db/chats.ts";
import type { OpenedChat } from "../features/conversation/opened-chat.ts";

export type FirstLook = {
  readonly chats: readonly Chat[];
  readonly settings: Settings;
  /** The chat that the address names; null: none, or no such chat. */
  readonly opened: OpenedChat | null;
};

export type FirstLooks = {
  /** For initial states only: what was read for the first frame grows old. */
  readonly look: () => FirstLook | null;
  /** The first frame is rendered. */
  readonly forget: () => void;
};

export function firstLooksOf(first: FirstLook | null): FirstLooks {
  let kept = first;
  return {
    look: () => kept,
    forget: () => {
      kept = null;
    },
  };
}

export const FirstLookContext = createContext<FirstLooks>(firstLooksOf(null));

export const useFirstLook = (): FirstLook | null => use(FirstLookContext).look();
