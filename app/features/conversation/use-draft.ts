/**
 * The text that is being written in a chat. It is kept when the chat, the tab or the browser is left
 * (platform/drafts.ts), and given back when sending fails.
 */
import { useCallback, useEffect, useRef, useState } from "react";

import { readDraft, writeDraft } from "../../platform/drafts.ts";

const SAVE_AFTER_MS = 300;

export type Draft = {
  readonly text: string;
  readonly write: (text: string) => void;
  /** Takes the text out of the field; the saved draft stays until `forget`. */
  readonly take: () => string;
  readonly forget: () => void;
  /** Puts a text that was taken back before whatever was written meanwhile. */
  readonly giveBack: (text: string) => void;
};

export function useDraft(c: number): Draft {
  const [text, setText] = useState("");
  const latest = useRef("");
  const touched = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const save = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    void writeDraft(c, latest.current);
  }, [c]);
  const write = useCallback(
    (next: string) => {
      touched.current = true;
      latest.current = next;
      setText(next);
      if (timer.current === undefined) timer.current = setTimeout(save, SAVE_AFTER_MS);
    },
    [save],
  );
  const take = useCallback(() => {
    const taken = latest.current;
    clearTimeout(timer.current);
    timer.current = undefined;
    latest.current = "";
    setText("");
    return taken;
  }, []);
  const giveBack = useCallback(
    (taken: string) => write(latest.current === "" ? taken : `${taken}\n${latest.current}`),
    [write],
  );

  useEffect(() => {
    const restore = async (): Promise<void> => {
      const saved = await readDraft(c);
      // The person may have begun to type before the disk answered.
      if (touched.current || saved === "") return;
      latest.current = saved;
      setText(saved);
    };
    void restore();
    const saveNow = (): void => {
      if (timer.current !== undefined) save();
    };
    // The last that a page is told before it goes, on phones without exception.
    document.addEventListener("visibilitychange", saveNow);
    return () => {
      document.removeEventListener("visibilitychange", saveNow);
      saveNow();
    };
  }, [c, save]);
  return { text, write, take, forget: save, giveBack };
}
