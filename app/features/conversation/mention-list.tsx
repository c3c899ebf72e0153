/** Who may be meant by the name that is being typed. */
import type { ReactElement } from "react";

import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import type { Mentioning } from "./use-mentioning.ts";

type Props = Pick<Mentioning, "listId" | "options" | "active" | "insert">;

export const optionId = (listId: string, at: number): string => `${listId}-${at}`;

export function MentionList({ listId, options, active, insert }: Props): ReactElement | null {
  if (options.length === 0) return null;
  return (
    <div
      id={listId}
      className="mention-list"
      role="listbox"
      aria-label={texts().chatMenu.mentionList}
    >
      {options.map((who, at) => (
        // The keys are the field's, which has the focus.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are the field's
        <div
          key={who.account}
          id={optionId(listId, at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          className="mention-option"
          // The field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => insert(who)}
        >
          <Avatar account={who.account} name={who.name} online={false} />
          <bdi>{who.name}</bdi>
        </div>
      ))}
    </div>
  );
}
