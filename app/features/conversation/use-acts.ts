/**
 * Doing things with messages: asked of the engine, told to who cannot see the result, and said in words
 * when it did not work. [AAC1] What was done is announced. [AAC2] What failed is shown until the next.
 */
import { useCallback, useState } from "react";

import type { AnswerTo } from "../../engine/calls.ts";
import type { RemoteDevice } from "../../engine/remote-device.ts";
import { copy as copyToClipboard } from "../../platform/capabilities.ts";
import { useSession } from "../../session/session.ts";
import type { Failure } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";

/** What is done with a message of the chat. */
export type Deed =
  | { readonly deed: "react"; readonly emoji: string; readonly on: boolean }
  | { readonly deed: "pin" | "star"; readonly on: boolean }
  | { readonly deed: "deleteForAll" | "hide" };

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
        const done = await asked(device, c, id, deed);
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
          const sent = await device.call("device", "send", chat, text, { forwarded: true });
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

type Done = Promise<AnswerTo<"acts", Deed["deed"]>>;

function asked(device: RemoteDevice, c: number, id: string, deed: Deed): Done {
  if (deed.deed === "react") return device.call("acts", "react", c, id, deed.emoji, deed.on);
  if (deed.deed === "pin" || deed.deed === "star") {
    return device.call("acts", deed.deed, c, id, deed.on);
  }
  return device.call("acts", deed.deed, c, id);
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
    case "deleteForAll":
    case "hide":
      return words.deleteDone;
    default:
      return "";
  }
}
