/**
 * Asks before an invite link is used: opening one tells its maker our name, and any page on the web
 * can send a browser here with a link of its own. [AAJ1] Nobody is told anything before the person says yes. [AAJ2]
 * What a group is called is said where our own relay knows it, and a link that leads nowhere says so at once.
 * [AAJ3] Another relay is asked for it when the person wants that, and is named before. [AAJ4] A link into a group
 * that the person is in already leads there.
 */
import { type ReactElement, useCallback, useEffect, useState } from "react";

import type { GroupBehind } from "../../../sync/group/use-link.ts";
import { readGroupOfLink } from "../../db/group.ts";
import { cleanName } from "../../db/people.ts";
import { isGroupLink } from "../../platform/invite-fragment.ts";
import { useSession } from "../../session/session.ts";
import { type Failure, failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useRows } from "../../ui/use-rows.ts";

type Props = {
  readonly link: string;
  readonly onOpened: (c: number) => void;
  readonly onClose: () => void;
};

type Step =
  | { readonly type: "asking" }
  | { readonly type: "opening" }
  | { readonly type: "failed"; readonly failure: Failure };

export function AcceptDialog(props: Props): ReactElement | null {
  const { link } = props;
  const { db, me } = useSession();
  const { account } = me;
  const read = useCallback(() => readGroupOfLink(db, link, account), [db, link, account]);
  const isGroup = isGroupLink(link);
  const joined = useRows(isGroup ? read : null);
  if (isGroup && joined === undefined) return null;
  if (joined === undefined || joined === null) return <AskDialog {...props} />;
  return <MemberDialog {...props} {...joined} />;
}

type MemberProps = Props & { readonly c: number; readonly title: string };

function MemberDialog({ c, title, onOpened, onClose }: MemberProps): ReactElement {
  const { memberHeading, memberBody } = texts().groups.links;
  return (
    <Dialog heading={memberHeading(title)} onClose={onClose}>
      <p>{memberBody}</p>
      <button type="button" className="primary-button" onClick={() => onOpened(c)}>
        {texts().groups.openChat}
      </button>
    </Dialog>
  );
}

function AskDialog({ link, onOpened, onClose }: Props): ReactElement {
  const { device } = useSession();
  const [step, setStep] = useState<Step>({ type: "asking" });
  const isGroup = isGroupLink(link);
  const [behind, setBehind] = useState<GroupBehind>({ name: null, elsewhere: null });
  /** How often the relay that the link names was to be asked. */
  const [askings, setAskings] = useState(0);
  const asks = isGroup ? groupAsks(behind.name) : personAsks();

  useEffect(() => {
    if (!isGroup) return;
    const look = async (): Promise<void> => {
      const found = await device.call("groups", "look", link, askings > 0);
      if (found.ok) setBehind(found.value);
      else
        setStep((now) => (now.type === "asking" ? { type: "failed", failure: found.error } : now));
    };
    void look();
  }, [device, link, isGroup, askings]);
  const ask = (): void => {
    setStep({ type: "asking" });
    setAskings(askings + 1);
  };
  const accept = async (): Promise<void> => {
    setStep({ type: "opening" });
    const opened = await device.call("device", "acceptInvite", link);
    if (opened.ok) onOpened(opened.value.c);
    else setStep({ type: "failed", failure: opened.error });
  };
  return (
    <Dialog heading={asks.heading} onClose={onClose}>
      <p>{asks.body}</p>
      {behind.elsewhere === null || step.type === "opening" ? null : (
        <AskElsewhere relay={behind.elsewhere} onAsk={ask} />
      )}
      <p className="failure" role="alert">
        {step.type === "failed" ? failureText(step.failure) : ""}
      </p>
      <div className="button-row">
        <button
          type="button"
          className="primary-button"
          aria-disabled={step.type === "opening"}
          onClick={() => {
            if (step.type !== "opening") void accept();
          }}
        >
          {step.type === "opening" ? asks.opening : asks.confirm}
        </button>
        <button type="button" className="quiet-button" onClick={onClose}>
          {texts().dismiss}
        </button>
      </div>
    </Dialog>
  );
}

type ElsewhereProps = { readonly relay: string; readonly onAsk: () => void };

/** Whoever runs that relay learns that somebody is here who has the link: the person decides. */
function AskElsewhere({ relay, onAsk }: ElsewhereProps): ReactElement {
  const words = texts().groups.links;
  const host = new URL(relay).host;
  return (
    <>
      <p className="hint">{words.elsewhere(host)}</p>
      <button type="button" className="quiet-button" onClick={onAsk}>
        {words.askName}
      </button>
    </>
  );
}

type Asks = Readonly<Record<"heading" | "body" | "confirm" | "opening", string>>;

function personAsks(): Asks {
  const { confirmHeading: heading, confirmBody: body, confirm, opening } = texts().invite;
  return { heading, body, confirm, opening };
}

/** `name`: of the group; null: not known before its link is used. */
function groupAsks(name: string | null): Asks {
  const { joinHeading, confirmHeading, confirmBody: body, confirm, joining } = texts().groups.links;
  const heading = name === null ? confirmHeading : joinHeading(cleanName(name));
  return { heading, body, confirm, opening: joining };
}
