/**
 * The text that is being written in a chat. It is kept when the chat, the tab or the browser is left
 * (platform/drafts.ts), given back when sending fails, and shared with the person's other devices
 * (rooms/drafts-room.ts) behind their back: the field waits for none of that.
 */
import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

import { readDraft, writeDraft } from "../../platform/drafts.ts";
import { draftChanged, enterField } from "../../rooms/draft-fields.ts";
import { movedBy, spliceOf } from "../../rooms/splice.ts";

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
  /** Nothing was read yet, or what was in the field is being sent. */
  const isAway = useRef(true);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const save = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    isAway.current = false;
    void writeDraft(c, latest.current).then(() => draftChanged(c));
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
    isAway.current = true;
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
      if (touched.current) return;
      isAway.current = false;
      latest.current = saved;
      setText(saved);
      draftChanged(c);
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
  useShared(c, latest, isAway, setText);
  return { text, write, take, forget: save, giveBack };
}

/** What is typed elsewhere comes into the field, and the cursor stays where it was in the text. */
function useShared(
  c: number,
  latest: { current: string },
  isAway: { current: boolean },
  setText: (text: string) => void,
): void {
  useEffect(() => {
    let isComposing = false;
    const begin = (): void => void (isComposing = true);
    const end = (): void => void (isComposing = false);
    document.addEventListener("compositionstart", begin);
    document.addEventListener("compositionend", end);
    const leave = enterField(c, {
      read: () => (isAway.current ? undefined : latest.current),
      adopt: (next) => {
        if (isComposing) return false;
        const splice = spliceOf(latest.current, next);
        const field = document.activeElement;
        const isHere = field instanceof HTMLTextAreaElement && field.value === latest.current;
        const ends = isHere ? [field.selectionStart, field.selectionEnd] : [];
        latest.current = next;
        flushSync(() => setText(next));
        const [from, to] = ends.map((at) => movedBy(splice, at));
        if (isHere && from !== undefined) field.setSelectionRange(from, to ?? from);
        return true;
      },
    });
    return () => {
      leave();
      document.removeEventListener("compositionstart", begin);
      document.removeEventListener("compositionend", end);
    };
  }, [c, latest, isAway, setText]);
}
