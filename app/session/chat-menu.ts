/** Whoever shows a chat can open its menu; what is in it is the business of features/chat-menu. */
import { createContext, use } from "react";

import type { Point } from "../ui/menu.tsx";

export type OpenChatMenu = (c: number, at: Point) => void;

export const ChatMenuContext = createContext<OpenChatMenu>(() => undefined);

export const useChatMenu = (): OpenChatMenu => use(ChatMenuContext);
