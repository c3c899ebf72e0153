/**
 * Choosing among one's contacts: a list of check boxes with a field that narrows it.
 *
 * [ACP1] Only people whom the person accepted, by name, but those who are `in` already. [ACP2] Who was
 * chosen stays so while the list is narrowed, and how many there are is told.
 */
import { type ReactElement, useCallback, useState } from "react";

import { cleanName, foldedName } from "../../db/people.ts";
import { contactsOf } from "../../db/tables.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { useRows } from "../../ui/use-rows.ts";

/** Nobody scrolls further; another letter narrows it. */
const SHOWN_MAX = 200;
/** From so many on they can be narrowed. */
const FIND_FROM = 6;

type Contact = { readonly account: string; readonly name: string };

/** By name. Undefined while they are read. */
export function useContacts(): readonly Contact[] | undefined {
  const { db } = useSession();
  const read = useCallback(async () => {
    const rows = await contactsOf(db).toArray();
    return rows
      .filter(({ state }) => state === "accepted")
      .map(({ account, name }) => ({ account, name: cleanName(name) }))
      .toSorted((x, y) => x.name.localeCompare(y.name) || (x.account < y.account ? -1 : 1));
  }, [db]);
  return useRows(read);
}

type Props = {
  /** Null: what surrounds it says so already. */
  readonly legend: string | null;
  /** Accounts that are not offered. */
  readonly without: ReadonlySet<string>;
  /** Said when nobody is left to offer. */
  readonly none: string;
  readonly chosen: readonly string[];
  readonly onChosen: (accounts: readonly string[]) => void;
};

export function ContactPicker({ legend, without, none, chosen, onChosen }: Props): ReactElement {
  const contacts = useContacts();
  const [query, setQuery] = useState("");
  const words = texts().groups;
  const offered = contacts?.filter(({ account }) => !without.has(account)) ?? [];
  const wanted = foldedName(query.trim());
  const found = offered.filter(({ name }) => foldedName(name).includes(wanted));
  const toggle = (account: string): void =>
    onChosen(
      chosen.includes(account) ? chosen.filter((it) => it !== account) : [...chosen, account],
    );
  if (contacts === undefined) return <div aria-busy="true" />;
  if (offered.length === 0) return <p className="hint">{none}</p>;
  return (
    <fieldset className="picker">
      {legend === null ? null : <legend>{legend}</legend>}
      {offered.length < FIND_FROM ? null : (
        <input
          className="switcher-field"
          type="search"
          aria-label={words.findContact}
          placeholder={words.findContact}
          autoComplete="off"
          dir="auto"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      <p className="hint" role="status">
        {found.length === 0
          ? words.noneFound
          : chosen.length > 0
            ? words.chosen(chosen.length)
            : ""}
      </p>
      <ul className="picker-list">
        {found.slice(0, SHOWN_MAX).map(({ account, name }) => (
          <li key={account}>
            <label className="forward-chat">
              <input
                type="checkbox"
                checked={chosen.includes(account)}
                onChange={() => toggle(account)}
              />
              <Avatar account={account} name={name} />
              <bdi>{name}</bdi>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
