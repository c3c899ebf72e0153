/**
 * All of a message's text, for who copies it, passes it on or changes it. [AFT1] A long text that is not
 * here yet is not taken for its beginning: it is said that the rest is missing.
 */
import { useCallback } from "react";

import type { MessageView } from "../../../sync/thread/view.ts";
import { readWhole } from "../../db/media.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";

export type WithFullText = (view: MessageView | undefined, work: (text: string) => void) => void;

export function useFullText(): WithFullText {
  const { db } = useSession();
  const announce = useAnnounce();
  return useCallback(
    (view, work) => {
      const whole = view?.whole ?? null;
      if (whole === null) return work(view?.text ?? "");
      const find = async (): Promise<void> => {
        const text = (await readWhole(db, whole))?.text ?? null;
        if (text === null) announce(texts().media.notHereYet);
        else work(text);
      };
      void find();
    },
    [db, announce],
  );
}
