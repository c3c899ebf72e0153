/**
 * Adding contacts to a group. [AAM1] Who is in already is not offered. [AAM2] Who was added is said. [AAM3] When
 * nobody is left to add, the way to a link is.
 */
import { type FormEvent, type ReactElement, useState } from "react";

import { type Group, mayDo } from "../../db/group.ts";
import { useSession } from "../../session/session.ts";
import { type GroupFailure, groupFailureText } from "../../text/group-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ContactPicker, useContacts } from "./contact-picker.tsx";

type Props = {
  readonly group: Group;
  /** The person wants to invite by link. */
  readonly onLinks: () => void;
  readonly onClose: () => void;
};

export function AddMembersDialog({ group, onLinks, onClose }: Props): ReactElement {
  const { device, me } = useSession();
  const announce = useAnnounce();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [isAdding, setAdding] = useState(false);
  const [failure, setFailure] = useState<GroupFailure | null>(null);
  const words = texts().groups;
  const contacts = useContacts();
  const members = new Set(group.members.map(({ account }) => account));
  const isNobodyLeft = contacts?.every(({ account }) => members.has(account)) === true;

  const add = async (): Promise<void> => {
    setAdding(true);
    setFailure(null);
    for (const [i, account] of chosen.entries()) {
      const done = await device.call("groups", "add", group.c, account);
      // Somebody else was quicker.
      if (done.ok || done.error.type === "AlreadyMember") continue;
      setChosen(chosen.slice(i));
      setAdding(false);
      return setFailure(done.error);
    }
    announce(words.added(chosen.length));
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen.length > 0 && !isAdding) void add();
  };
  return (
    <Dialog heading={words.addHeading} onClose={onClose}>
      <form className="group-form" onSubmit={submit}>
        <ContactPicker
          legend={null}
          without={members}
          none={contacts?.length === 0 ? words.errors.contactUnknown : words.allIn}
          chosen={chosen}
          onChosen={setChosen}
        />
        <p className="failure" role="alert">
          {failure === null ? "" : groupFailureText(failure)}
        </p>
        {isNobodyLeft ? null : (
          <button
            type="submit"
            className="primary-button"
            aria-disabled={chosen.length === 0 || isAdding}
          >
            {isAdding ? words.adding : words.add}
          </button>
        )}
        {isNobodyLeft && mayDo(group, me.account, { type: "invite" }) ? (
          <button type="button" className="primary-button" onClick={onLinks}>
            {words.links.button}
          </button>
        ) : null}
      </form>
    </Dialog>
  );
}
