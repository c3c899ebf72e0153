/**
 * Who used a link into the group and waits. [AJN1] An admin accepts or refuses each. [AJN2] Who comes in by
 * themselves in a moment is shown, and waits for nobody.
 */
import { type ReactElement, useState } from "react";

import type { Group, Join } from "../../db/group.ts";
import { useSession } from "../../session/session.ts";
import { type GroupFailure, groupFailureText } from "../../text/group-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Avatar } from "../../ui/avatar.tsx";

type Props = Pick<Group, "c" | "joins">;

export function Joins({ c, joins }: Props): ReactElement | null {
  const { device } = useSession();
  const announce = useAnnounce();
  const [failure, setFailure] = useState<GroupFailure | null>(null);
  const words = texts().groups.links;

  const decide = async ({ account, name }: Join, verdict: "approve" | "refuse"): Promise<void> => {
    setFailure(null);
    const done = await device.call("groups", verdict, c, account);
    if (!done.ok) return setFailure(done.error);
    announce(verdict === "approve" ? words.accepted(name) : words.refusedDone(name));
  };
  if (joins.length === 0 && failure === null) return null;
  return (
    <section className="joins">
      <h3>{words.waiting}</h3>
      <p className="failure" role="alert">
        {failure === null ? "" : groupFailureText(failure)}
      </p>
      <ul aria-label={words.waiting}>
        {joins.map((join) => (
          <li key={join.account}>
            <Avatar account={join.account} name={join.name} />
            <span className="member-words">
              <bdi className="member-name">{join.name}</bdi> <JoinFacts join={join} />
            </span>
            <span className="join-buttons">
              <button
                type="button"
                className="primary-button"
                aria-label={words.acceptOf(join.name)}
                onClick={() => void decide(join, "approve")}
              >
                {words.accept}
              </button>
              <button
                type="button"
                className="quiet-button"
                aria-label={words.refuseOf(join.name)}
                onClick={() => void decide(join, "refuse")}
              >
                {words.refuse}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function JoinFacts({ join }: { readonly join: Join }): ReactElement {
  const words = texts().groups.links;
  const facts = [
    ...(join.wasRemoved === true ? [words.wasRemoved] : []),
    ...(join.dueAtMs === null ? [] : [words.byItself]),
  ];
  return <span className="hint">{facts.join(", ")}</span>;
}

type BarProps = { readonly count: number; readonly onLook: () => void };

/** Above the messages, while somebody waits for the person's word. */
export const JoinsBar = ({ count, onLook }: BarProps): ReactElement | null =>
  count === 0 ? null : (
    <section className="pinned-bar joins-bar" aria-label={texts().groups.links.waiting}>
      <span>{texts().groups.links.waitingCount(count)}</span>
      <button type="button" className="quiet-button" onClick={onLook}>
        {texts().groups.links.look}
      </button>
    </section>
  );
