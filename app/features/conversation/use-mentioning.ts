/**
 * Naming people while one writes: a list opens at "@" (ARIA Authoring Practices, "combobox with list
 * autocomplete": the focus stays in the field).
 *
 * [AMG1] Up and Down choose, Enter or Tab inserts the name, Escape closes the list until another letter.
 * [AMG2] How many fit is announced. [AMG3] An input method's keys are its own.
 */
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";

import { type Mentionable, readMentionable } from "../../db/mentionable.ts";
import { isComposing } from "../../platform/keys.ts";
import { useSession } from "../../session/session.ts";
import { nameBefore, suggested } from "../../text/mention-names.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { useRows } from "../../ui/use-rows.ts";

type Typed = { readonly at: number; readonly query: string };

export type Mentioning = {
  readonly listId: string;
  /** Empty: the list is closed. */
  readonly options: readonly Mentionable[];
  /** Which option is chosen. */
  readonly active: number;
  /** Call it when text or cursor change. */
  readonly look: () => void;
  /** True: the key was the list's. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
  readonly insert: (who: Mentionable) => void;
  /** The person turned away from the field. */
  readonly close: () => void;
  /** Accounts by name, as they were picked. */
  readonly chosen: ReadonlyMap<string, string>;
};

const NOBODY: readonly Mentionable[] = [];
const NOBODY_CHOSEN: ReadonlyMap<string, string> = new Map();

export function useMentioning(
  c: number,
  field: RefObject<HTMLTextAreaElement | null>,
  write: (text: string) => void,
): Mentioning {
  const { db, me } = useSession();
  const listId = useId();
  const [typed, setTyped] = useState<Typed | null>(null);
  const [active, setActive] = useState(0);
  /** Closed by Escape for the name at this place. */
  const closedAt = useRef<Typed | null>(null);
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(NOBODY_CHOSEN);
  const isOpen = typed !== null;
  const read = useCallback(() => readMentionable(db, c, me.account), [db, c, me]);
  const people = useRows(isOpen ? read : null) ?? NOBODY;
  const options = typed === null ? NOBODY : suggested(people, typed.query);
  useAnnounceCount(options.length);

  const look = (): void => {
    const { current } = field;
    if (current === null) return;
    const isMark = current.selectionStart === current.selectionEnd;
    const now = isMark ? nameBefore(current.value, current.selectionStart) : null;
    const isSame = now?.at === typed?.at && now?.query === typed?.query;
    if (isSame) return;
    const closed = closedAt.current;
    const isClosed = closed !== null && closed.at === now?.at && closed.query === now.query;
    if (!isClosed) closedAt.current = null;
    setTyped(isClosed ? null : now);
    setActive(0);
  };
  const insert = ({ account, name }: Mentionable): void => {
    const { current } = field;
    if (typed === null || current === null) return;
    const before = `${current.value.slice(0, typed.at)}@${name} `;
    const after = current.value.slice(current.selectionStart).replace(/^ /u, "");
    setChosen(new Map(chosen).set(name, account));
    write(before + after);
    setTyped(null);
    // When the new text is in it.
    requestAnimationFrame(() => {
      current.focus();
      current.setSelectionRange(before.length, before.length);
    });
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    const option = options[active];
    if (option === undefined || isComposing(event.nativeEvent)) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((active + step + options.length) % options.length);
    else if (event.key === "Enter" || event.key === "Tab") insert(option);
    else if (event.key === "Escape") {
      closedAt.current = typed;
      setTyped(null);
    } else return false;
    event.preventDefault();
    return true;
  };
  const close = (): void => setTyped(null);
  return { listId, options, active, look, onKeyDown, insert, close, chosen };
}

function useAnnounceCount(count: number): void {
  const announce = useAnnounce();
  useEffect(() => {
    if (count > 0) announce(texts().chatMenu.mentionCount(count));
  }, [count, announce]);
}
