/** Who is in a group, with their role, and what one can do with each. */
import { Ellipsis } from "lucide-react";
import { memo, type ReactElement } from "react";

import type { Member } from "../../db/group.ts";
import { usePresenceOf } from "../../session/use-presence.ts";
import { seenText } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";
import type { Point } from "../../ui/menu.tsx";
import { useNow } from "../../ui/use-live.ts";

type ListProps = {
  readonly members: readonly Member[];
  /** Who has something that can be done with them. */
  readonly hasActions: (member: Member) => boolean;
  /** `from`: where the focus goes back to. */
  readonly onMenu: (member: Member, at: Point, from: HTMLElement) => void;
};

export function MemberList({ members, hasActions, onMenu }: ListProps): ReactElement {
  const nowMs = useNow();
  return (
    <ul className="members" aria-label={texts().groups.memberList}>
      {members.map((member) => (
        <MemberItem
          key={member.account}
          member={member}
          nowMs={nowMs}
          onMenu={hasActions(member) ? onMenu : null}
        />
      ))}
    </ul>
  );
}

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
  const name = own ? texts().you : member.name;
  const facts = [words.roles[role], ...(presence === undefined ? [] : [presence])];
  return (
    <li className="member">
      <Avatar account={account} name={member.name} online={seen.online} />
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
});
MemberItem.displayName = "MemberItem";
