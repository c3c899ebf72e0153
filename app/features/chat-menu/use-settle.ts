/** Has the engine note what was settled about a chat, and says what came of it. */
import { useCallback } from "react";

import type { Told } from "../../../sync/thread/chat-marks.ts";
import { useSession } from "../../session/session.ts";
import { failureText } from "../../text/failure-text.ts";
import { useAnnounce } from "../../ui/announcer.tsx";

type Settling =
  | readonly [method: "mute", done: string, c: number, untilMs: number, told: Told]
  | readonly [method: "pin" | "archive", done: string, c: number, on: boolean];

/** `done`: what is announced when it is. */
export function useSettle(): (...settling: Settling) => Promise<void> {
  const { device } = useSession();
  const announce = useAnnounce();
  return useCallback(
    async (...settling) => {
      const [method, done, c, value] = settling;
      const answer =
        method === "mute"
          ? await device.call("chats", "mute", c, value, settling[4])
          : await device.call("chats", method, c, value);
      announce(answer.ok ? done : failureText(answer.error));
    },
    [device, announce],
  );
}
