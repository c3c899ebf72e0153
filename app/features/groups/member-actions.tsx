/**
 * What one can do with a member. [AMB1] Only what the roster allows is offered. [AMB2] What has no way back
 * is asked about first.
 */
import { Crown, MessageCircle, ShieldCheck, ShieldOff, UserMinus } from "lucide-react";

import { type Role, ROLES } from "../../../sync/roster/may.ts";
import { type Group, mayDo, type Member } from "../../db/group.ts";
import { texts } from "../../text/speech.ts";
import type { MenuItem } from "../../ui/menu.tsx";

export type MemberDoings = {
  readonly onOpenChat: (c: number) => void;
  readonly onRole: (member: Member, role: Role) => void;
  readonly onRemove: (member: Member) => void;
  /** It is asked first. */
  readonly onOwner: (member: Member) => void;
};

/** Is there any? Asked for each of hundreds of members. `self`: our account. */
export const hasActions = (group: Group, { own, c, account }: Member, self: string): boolean =>
  !own &&
  (c !== null ||
    mayDo(group, self, { type: "remove", account }) ||
    ROLES.some((role) => mayDo(group, self, { type: "role", account, role })));

/** `self`: our account. */
export function actionsFor(
  group: Group,
  member: Member,
  self: string,
  doings: MemberDoings,
): readonly MenuItem[] {
  const words = texts().groups;
  const { account, role, c } = member;
  const mayGive = (given: Role): boolean =>
    mayDo(group, self, { type: "role", account, role: given });
  const giving = (given: Role, label: string, icon: MenuItem["icon"]): readonly MenuItem[] =>
    mayGive(given) ? [{ label, icon, act: () => doings.onRole(member, given) }] : [];
  const icons = {
    chat: <MessageCircle aria-hidden="true" />,
    up: <ShieldCheck aria-hidden="true" />,
    down: <ShieldOff aria-hidden="true" />,
    owner: <Crown aria-hidden="true" />,
    out: <UserMinus aria-hidden="true" />,
  };
  return [
    ...(c === null ? [] : [{ label: words.openChat, icon: icons.chat, act: openChat(c) }]),
    ...giving("admin", words.makeAdmin, role === "owner" ? icons.down : icons.up),
    ...giving("member", words.makeMember, icons.down),
    ...(mayGive("owner")
      ? [{ label: words.makeOwner, icon: icons.owner, act: () => doings.onOwner(member) }]
      : []),
    ...(mayDo(group, self, { type: "remove", account })
      ? [
          {
            label: words.remove,
            icon: icons.out,
            isDangerous: true,
            act: () => doings.onRemove(member),
          },
        ]
      : []),
  ];

  function openChat(chat: number): () => void {
    return () => doings.onOpenChat(chat);
  }
}
