/**
 * Choosing some of many: a list of check boxes, with a field that narrows it.
 *
 * [APK1] What was chosen stays so while the list is narrowed, and how many there are is told. [APK2] Where choosing is
 * what a window is for, it has the focus: Enter there does not close the window. [APK3] Enter in the field chooses the
 * first that was found, and nothing else.
 */
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from "react";

import { foldedName } from "../db/people.ts";
import { isCoarsePointer } from "../platform/capabilities.ts";
import { isComposing } from "../platform/keys.ts";
import { texts } from "../text/speech.ts";

/** Nobody scrolls further; another letter narrows it. */
const SHOWN_MAX = 200;
/** From so many on they can be narrowed. */
const FIND_FROM = 6;

export type Choosable<Key> = {
  readonly key: Key;
  readonly name: string;
  readonly avatar: ReactElement;
};

type Props<Key> = {
  /** Null: what surrounds it says so already. */
  readonly legend: string | null;
  /** What the field is called, and what is said when nothing has that name. */
  readonly words: { readonly find: string; readonly none: string };
  readonly offered: readonly Choosable<Key>[];
  readonly chosen: readonly Key[];
  readonly onChosen: (keys: readonly Key[]) => void;
  readonly takesFocus?: boolean;
};

export function Picker<Key extends string | number>(props: Props<Key>): ReactElement {
  const { legend, words, offered, chosen, onChosen, takesFocus = false } = props;
  const [query, setQuery] = useState("");
  const field = useRef<HTMLFieldSetElement>(null);
  const wanted = foldedName(query.trim());
  const found = offered.filter(({ name }) => foldedName(name).includes(wanted));
  useEffect(() => {
    if (takesFocus && !isCoarsePointer()) field.current?.querySelector("input")?.focus();
  }, [takesFocus]);
  const toggle = (key: Key): void =>
    onChosen(chosen.includes(key) ? chosen.filter((it) => it !== key) : [...chosen, key]);
  const chooseFirst = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || isComposing(event.nativeEvent)) return;
    event.preventDefault();
    const [first] = found;
    if (first !== undefined && wanted !== "") toggle(first.key);
  };
  return (
    <fieldset ref={field} className="picker">
      {legend === null ? null : <legend>{legend}</legend>}
      {offered.length < FIND_FROM ? null : (
        <input
          className="switcher-field"
          type="search"
          aria-label={words.find}
          placeholder={words.find}
          autoComplete="off"
          dir="auto"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={chooseFirst}
        />
      )}
      <p className="hint" role="status">
        {found.length === 0
          ? words.none
          : chosen.length > 0
            ? texts().groups.chosen(chosen.length)
            : ""}
      </p>
      <ul className="picker-list">
        {found.slice(0, SHOWN_MAX).map(({ key, name, avatar }) => (
          <li key={key}>
            <label className="picker-item">
              <input type="checkbox" checked={chosen.includes(key)} onChange={() => toggle(key)} />
              {avatar}
              <bdi>{name}</bdi>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
