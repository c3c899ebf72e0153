/** Leaving a group. [ALV1] Who owns it afterwards is said, when the last owner goes. [ALV2] Then the
 * details close: what is said in the conversation is seen. */
import type { ReactElement } from "react";

import type { Group, Member } from "../../db/group.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { AskDialog } from "./ask-dialog.tsx";

type Props = {
  readonly group: Group;
  readonly onLeft: () => void;
  readonly onClose: () => void;
};

export function LeaveDialog({ group, onLeft, onClose }: Props): ReactElement {
  const { device } = useSession();
  const words = texts().groups;
  const heir = heirOf(group);
  return (
    <AskDialog
      heading={words.leaveHeading}
      label={words.leave}
      act={() => device.call("groups", "leave", group.c)}
      onDone={onLeft}
      onClose={onClose}
    >
      <p>{words.leaveBody}</p>
      {group.members.length === 1 ? <p>{words.leaveAlone}</p> : null}
      {heir === null ? null : <p>{words.leaveLastOwner(heir.name)}</p>}
    </AskDialog>
  );
}

/** After the last owner the member of the highest rank is owner (docs/protocol/roster.md). */
function heirOf({ members }: Group): Member | null {
  const owners = members.filter(({ role }) => role === "owner");
  const isLast = owners.length === 1 && owners[0]?.own === true;
  return isLast ? (members.find(({ own }) => !own) ?? null) : null;
}
