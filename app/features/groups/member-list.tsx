/**
 * Who is in a group, with their role, and what one can do with each. [AMX1] In a large group the list is
 * narrowed by a part of a name; case and accents do not matter. [AMX2] The presence of contacts in it is followed
 * while the list is open, also of those whose chats are far down.
 */
import { Ellipsis } from "lucide-react";
import { memo, type ReactElement, useDeferredValue, useState } from "react";

import type { Member } from "../../db/group.ts";
import { cleanName, foldedName } from "../../db/people.ts";
import { useSession } from "../../session/session.ts";
import { usePresenceOf } from "../../session/use-presence.ts";
import { useWatch } from "../../session/use-watch.ts";
import { seenText } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import type { Point } from "../../ui/menu.tsx";
import { useNow } from "../../ui/use-live.ts";

/** So many are there at once; a screen shows a dozen. */
const FIRST_SHOWN = 40;
/** From so many on they can be looked for. */
const FIND_FROM = 20;

type ListProps = {
  readonly members: readonly Member[];
  /** Who has something that can be done with them. */
  readonly hasActions: (member: Member) => boolean;
  /** `from`: where the focus goes back to. */
  readonly onMenu: (member: Member, at: Point, from: HTMLElement) => void;
};

export function MemberList({ members, hasActions, onMenu }: ListProps): ReactElement {
  const nowMs = useNow();
  const [query, setQuery] = useState("");
  const words = texts().groups;
  const wanted = foldedName(query.trim());
  const found =
    wanted === "" ? members : members.filter(({ name }) => foldedName(name).includes(wanted));
  // Hundreds come after what is seen first, and hold up nothing.
  const shown = useDeferredValue(found, found.slice(0, FIRST_SHOWN));
  useWatch("details", contactsAmong(found));
  return (
    <>
      {members.length < FIND_FROM ? null : (
        <input
          className="switcher-field"
          type="search"
          aria-label={words.findMember}
          placeholder={words.findMember}
          autoComplete="off"
          dir="auto"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      <ul className="members" aria-label={words.memberList}>
        {shown.map((member) => (
          <MemberItem
            key={member.account}
            member={member}
            nowMs={nowMs}
            onMenu={hasActions(member) ? onMenu : null}
          />
        ))}
      </ul>
    </>
  );
}

/** Whom one sees without scrolling much, and may know of. */
const contactsAmong = (members: readonly Member[]): readonly string[] =>
  members.flatMap(({ account, isContact }) => (isContact ? [account] : [])).slice(0, FIRST_SHOWN);

type ItemProps = {
  readonly member: Member;
  readonly nowMs: number;
  readonly onMenu: ListProps["onMenu"] | null;
};

const MemberItem = memo(({ member, nowMs, onMenu }: ItemProps): ReactElement => {
  const { account, own, role, isContact, lastSeenMs } = member;
  const words = texts().groups;
  const seen = usePresenceOf(isContact ? account : null, lastSeenMs);
  const presence = seenText(seen, nowMs);
  const { me } = useSession();
  const name = own ? cleanName(me.name) : member.name;
  const facts = [
    ...(own ? [texts().you] : []),
    words.roles[role],
    ...(presence === undefined ? [] : [presence]),
  ];
  return (
    <li className="member">
      <Avatar account={account} name={name} online={seen.online} />
      <span className="member-words">
        <bdi className="member-name">{name}</bdi> <span className="hint">{facts.join(", ")}</span>
      </span>
      {onMenu === null ? null : (
        <button
          type="button"
          className="icon-button"
          aria-label={words.actionsOf(name)}
          aria-haspopup="menu"
          onClick={({ currentTarget }) => {
            const { left, right, bottom } = currentTarget.getBoundingClientRect();
            const isRtl = document.documentElement.dir === "rtl";
            onMenu(member, { x: isRtl ? right : left, y: bottom }, currentTarget);
          }}
        >
          <Ellipsis aria-hidden="true" />
        </button>
      )}
    </li>
  );
}, isAlike);
MemberItem.displayName = "MemberItem";

/** Each reading of the group makes its members anew. */
function isAlike(before: ItemProps, now: ItemProps): boolean {
  const [a, b] = [before.member, now.member];
  return (
    before.nowMs === now.nowMs &&
    before.onMenu === now.onMenu &&
    a.name === b.name &&
    a.role === b.role &&
    a.c === b.c &&
    a.lastSeenMs === b.lastSeenMs
  );
}
