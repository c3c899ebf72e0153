/**
 * Doing things with messages: asked of the engine, told to who cannot see the result, and said in words
 * when it did not work. [AAC1] What was done is announced. [AAC2] What failed is shown until the next.
 */
import { useCallback, useState } from "react";

import type { Deed } from "../../engine/messages.ts";
import { copy as copyToClipboard } from "../../platform/capabilities.ts";
import { useSession } from "../../session/session.ts";
import type { Failure } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";

export type Acts = {
  readonly failure: Failure | null;
  readonly act: (id: string, deed: Deed) => void;
  readonly copy: (text: string) => void;
  /** Passes the text on to these chats. */
  readonly forward: (text: string, to: readonly number[]) => void;
};

export function useActs(c: number): Acts {
  const { device } = useSession();
  const announce = useAnnounce();
  const [failure, setFailure] = useState<Failure | null>(null);

  const act = useCallback(
    (id: string, deed: Deed) => {
      const work = async (): Promise<void> => {
        setFailure(null);
        const done = await device.ask({ type: "act", c, id, ...deed });
        if (done.ok) announce(saidOf(deed));
        else setFailure(done.error);
      };
      void work();
    },
    [device, c, announce],
  );
  const copy = useCallback(
    (text: string) => {
      void copyToClipboard(text).then((done) =>
        announce(done ? texts().invite.copied : texts().actions.copyFailed),
      );
    },
    [announce],
  );
  const forward = useCallback(
    (text: string, to: readonly number[]) => {
      const work = async (): Promise<void> => {
        setFailure(null);
        for (const chat of to) {
          const sent = await device.ask({ type: "send", c: chat, text, forwarded: true });
          if (!sent.ok) return setFailure(sent.error);
        }
        announce(texts().actions.forwardDone(to.length));
      };
      void work();
    },
    [device, announce],
  );
  return { failure, act, copy, forward };
}

function saidOf(deed: Deed): string {
  const words = texts().actions;
  switch (deed.deed) {
    case "react":
      return deed.on ? words.reacted(deed.emoji) : words.unreacted(deed.emoji);
    case "pin":
      return deed.on ? words.pinDone : words.unpinDone;
    case "star":
      return deed.on ? words.starDone : words.unstarDone;
    case "edit":
      return words.editDone;
    case "deleteForAll":
    case "hide":
      return words.deleteDone;
    default:
      return "";
  }
}
