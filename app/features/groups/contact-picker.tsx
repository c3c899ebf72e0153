/** Choosing among one's contacts. [ACP1] Only people whom the person accepted, by name, but those `without`. */
import { type ReactElement, useCallback } from "react";

import { cleanName } from "../../db/people.ts";
import { contactsOf } from "../../db/tables.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Picker } from "../../ui/picker.tsx";
import { useRows } from "../../ui/use-rows.ts";

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
  /** Null: what surrounds it says so already, and it is what that is for. */
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
  const words = texts().groups;
  if (contacts === undefined) return <div aria-busy="true" />;
  const offered = contacts.filter(({ account }) => !without.has(account));
  if (offered.length === 0) return <p className="hint">{none}</p>;
  return (
    <Picker
      legend={legend}
      words={{ find: words.findContact, none: words.noneFound }}
      offered={offered.map(({ account, name }) => ({
        key: account,
        name,
        avatar: <Avatar account={account} name={name} />,
      }))}
      chosen={chosen}
      onChosen={onChosen}
      takesFocus={legend === null}
    />
  );
}
