/**
 * A group beside its conversation: what it is called and about, who is in it, and what one may do there.
 *
 * [AGD1] What the person may not do is not offered. [AGD2] They have the focus when they are opened. [AGD3]
 * Each member stands there with their role, and contacts with their presence. [AGD4] Where there is room, they stand
 * open beside a group that was just made, and leave the focus to its composer. [AGD5] Asked for again, they have it.
 */
import { Link2, LogOut, Pencil, UserPlus } from "lucide-react";
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";

import { unreachable } from "../../../crypto/base/assert.ts";
import type { Role } from "../../../sync/roster/may.ts";
import { type Group, mayDo, type Member } from "../../db/group.ts";
import { useSession } from "../../session/session.ts";
import { type GroupFailure, groupFailureText } from "../../text/group-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Avatar } from "../../ui/avatar.tsx";
import { Menu, type Point } from "../../ui/menu.tsx";
import { PanelHeader } from "../../ui/panel-header.tsx";
import { AddMembersDialog } from "./add-members-dialog.tsx";
import { AskDialog } from "./ask-dialog.tsx";
import { EditGroupDialog } from "./edit-group-dialog.tsx";
import { Joins } from "./joins.tsx";
import { LeaveDialog } from "./leave-dialog.tsx";
import { LinksDialog } from "./links-dialog.tsx";
import { actionsFor, hasActions } from "./member-actions.tsx";
import { MemberList } from "./member-list.tsx";
import { useGroup } from "./use-group.ts";

type Props = {
  readonly c: number;
  /** What its colour follows. */
  readonly account: string;
  /** Not if they opened by themselves, beside somebody who writes. */
  readonly takesFocus?: boolean;
  readonly onClose: () => void;
};

const HEADING_ID = "group-heading";

type Panel =
  | { readonly type: "edit" | "add" | "links" | "leave" }
  | {
      readonly type: "menu";
      readonly member: Member;
      readonly at: Point;
      readonly from: HTMLElement;
    }
  | { readonly type: "remove" | "owner"; readonly member: Member };

export function GroupDetails({ c, account, takesFocus = true, onClose }: Props): ReactElement {
  const close = useRef<HTMLButtonElement>(null);
  const group = useGroup(c);
  useEffect(() => {
    if (takesFocus) close.current?.focus();
  }, [takesFocus]);
  return (
    <aside className="details" aria-labelledby={HEADING_ID}>
      <PanelHeader
        id={HEADING_ID}
        heading={texts().groups.details}
        isFocusable
        closeButton={close}
        closeLabel={texts().groups.hideDetails}
        onClose={onClose}
      />
      {group === undefined ? null : <Details group={group} account={account} onLeft={onClose} />}
    </aside>
  );
}

const BUTTONS = [
  {
    type: "edit",
    right: "edit",
    icon: <Pencil aria-hidden="true" />,
    label: () => texts().groups.edit,
  },
  {
    type: "add",
    right: "add",
    icon: <UserPlus aria-hidden="true" />,
    label: () => texts().groups.addButton,
  },
  {
    type: "links",
    right: "invite",
    icon: <Link2 aria-hidden="true" />,
    label: () => texts().groups.links.button,
  },
] as const;

type DetailsProps = {
  readonly group: Group;
  readonly account: string;
  /** The person left it. */
  readonly onLeft: () => void;
};

function Details({ group, account, onLeft }: DetailsProps): ReactElement {
  const { me } = useSession();
  const [panel, setPanel] = useState<Panel | null>(null);
  const { failure, setRole } = useRole(group.c);
  const words = texts().groups;
  const may = useMemo(
    () => ({
      edit: mayDo(group, me.account, { type: "meta" }),
      add: mayDo(group, me.account, { type: "add", account: "", role: "member" }),
      invite: mayDo(group, me.account, { type: "invite" }),
    }),
    [group, me],
  );
  const onMenu = useCallback(
    (member: Member, at: Point, from: HTMLElement) => setPanel({ type: "menu", member, at, from }),
    [],
  );
  return (
    <>
      <Head group={group} account={account} />
      <div className="group-buttons">
        {BUTTONS.filter(({ right }) => may[right]).map(({ type, icon, label }) => (
          <button
            key={type}
            type="button"
            className="quiet-button"
            onClick={() => setPanel({ type })}
          >
            {icon}
            {label()}
          </button>
        ))}
      </div>
      {may.invite ? <Joins c={group.c} joins={group.joins} /> : null}
      <p className="failure" role="alert">
        {failure === null ? "" : groupFailureText(failure)}
      </p>
      <MemberList
        members={group.members}
        hasActions={(member) => hasActions(group, member, me.account)}
        onMenu={onMenu}
      />
      {group.role === null ? null : (
        <button
          type="button"
          className="quiet-button leave-button"
          onClick={() => setPanel({ type: "leave" })}
        >
          <LogOut aria-hidden="true" />
          {words.leave}
        </button>
      )}
      {panel === null ? null : (
        <Panels group={group} panel={panel} onPanel={setPanel} onRole={setRole} onLeft={onLeft} />
      )}
    </>
  );
}

const Head = ({ group, account }: Omit<DetailsProps, "onLeft">): ReactElement => (
  <>
    <div className="group-head">
      <Avatar account={account} name={group.title} isGroup picture={group.picture} />
      <div>
        <p className="group-title">
          <bdi>{group.title}</bdi>
        </p>
        <p className="hint">{texts().groups.members(group.members.length)}</p>
      </div>
    </div>
    {group.topic === "" ? null : (
      <p className="group-topic" dir="auto">
        {group.topic}
      </p>
    )}
  </>
);

/** Giving a role, which can be taken back: it is done without a question. */
function useRole(c: number): {
  readonly failure: GroupFailure | null;
  readonly setRole: (member: Member, role: Role) => void;
} {
  const { device } = useSession();
  const announce = useAnnounce();
  const [failure, setFailure] = useState<GroupFailure | null>(null);
  const setRole = useCallback(
    (member: Member, role: Role) => {
      const give = async (): Promise<void> => {
        setFailure(null);
        const done = await device.call("groups", "setRole", c, member.account, role);
        if (done.ok) announce(texts().groups.roleDone);
        else setFailure(done.error);
      };
      void give();
    },
    [device, announce, c],
  );
  return { failure, setRole };
}

/** When where the focus was is nothing any more, and when they are asked for and open already. */
export const focusHeading = (): void => document.getElementById(HEADING_ID)?.focus();

type PanelsProps = {
  readonly group: Group;
  readonly panel: Panel;
  readonly onPanel: (panel: Panel | null) => void;
  readonly onRole: (member: Member, role: Role) => void;
  readonly onLeft: () => void;
};

function Panels({ group, panel, onPanel, onRole, onLeft }: PanelsProps): ReactElement {
  const { device, me } = useSession();
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const close = (): void => onPanel(null);
  const { c } = group;
  const words = texts().groups;
  switch (panel.type) {
    case "edit":
      return <EditGroupDialog group={group} onClose={close} />;
    case "add":
      return (
        <AddMembersDialog
          group={group}
          onLinks={() => onPanel({ type: "links" })}
          onClose={close}
        />
      );
    case "links":
      return <LinksDialog group={group} onClose={close} />;
    case "leave":
      return <LeaveDialog group={group} onLeft={onLeft} onClose={close} />;
    case "remove":
      return (
        <AskDialog
          heading={words.removeHeading(panel.member.name)}
          label={words.remove}
          act={() => device.call("groups", "remove", c, panel.member.account)}
          onDone={() => {
            announce(words.removeDone);
            focusHeading();
          }}
          onClose={close}
        >
          <p>{words.removeBody}</p>
        </AskDialog>
      );
    case "owner":
      return (
        <AskDialog
          heading={words.ownerHeading(panel.member.name)}
          label={words.makeOwner}
          act={() => device.call("groups", "setRole", c, panel.member.account, "owner")}
          onDone={() => announce(words.roleDone)}
          onClose={close}
        >
          <p>{words.ownerBody}</p>
        </AskDialog>
      );
    case "menu":
      return (
        <Menu
          label={words.actionsOf(panel.member.name)}
          at={panel.at}
          items={actionsFor(group, panel.member, me.account, {
            onOpenChat: (chat) => navigate(`/chat/${chat}`),
            onRole,
            onRemove: (member) => onPanel({ type: "remove", member }),
            onOwner: (member) => onPanel({ type: "owner", member }),
          })}
          onClose={() => {
            // Before it leaves the document, so that a dialog that follows gives the focus back, too.
            panel.from.focus();
            close();
          }}
        />
      );
    default:
      return unreachable(panel);
  }
}
