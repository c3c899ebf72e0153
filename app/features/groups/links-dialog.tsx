/**
 * Links into a group: those that there are, and making one.
 *
 * [AGL1] Each says for how many it is, until when, and whether somebody has to say yes. [AGL2] One that leads
 * nowhere any more says why, and offers nothing. [AGL3] A link that was just made is shown at once.
 */
import { type ReactElement, useState } from "react";

import type { GroupLinkRow } from "../../../sync/group/rows.ts";
import type { Group } from "../../db/group.ts";
import { nameIn } from "../../db/people.ts";
import { useSession } from "../../session/session.ts";
import { type GroupFailure, groupFailureText } from "../../text/group-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { shortDate } from "../../text/times.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useNow } from "../../ui/use-live.ts";
import { LinkCard } from "../invite/link-card.tsx";
import { MakeLinkForm, type Terms } from "./make-link-form.tsx";

type Props = { readonly group: Group; readonly onClose: () => void };

export function LinksDialog({ group, onClose }: Props): ReactElement {
  const { device } = useSession();
  const announce = useAnnounce();
  const [shown, setShown] = useState<string | null>(null);
  const [failure, setFailure] = useState<GroupFailure | null>(null);
  const [isMaking, setMaking] = useState(false);
  const words = texts().groups.links;
  const { c, links } = group;

  const make = async (terms: Terms): Promise<void> => {
    setMaking(true);
    setFailure(null);
    const made = await device.call("groups", "makeLink", c, terms);
    setMaking(false);
    if (made.ok) setShown(made.value.tag);
    else setFailure(made.error);
  };
  const withdraw = async (tag: string): Promise<void> => {
    setFailure(null);
    const done = await device.call("groups", "withdrawLink", c, tag);
    if (!done.ok) return setFailure(done.error);
    if (shown === tag) setShown(null);
    announce(words.withdrawn);
  };
  return (
    <Dialog heading={words.heading} onClose={onClose}>
      <p>{words.body}</p>
      <p className="failure" role="alert">
        {failure === null ? "" : groupFailureText(failure)}
      </p>
      {links.length === 0 ? <p className="hint">{words.none}</p> : null}
      <ul className="group-links" aria-label={words.list}>
        {links.map((link) => (
          <LinkItem
            key={link.tag}
            group={group}
            link={link}
            isShown={shown === link.tag}
            onShow={() => setShown(shown === link.tag ? null : link.tag)}
            onWithdraw={() => void withdraw(link.tag)}
          />
        ))}
      </ul>
      <MakeLinkForm isMaking={isMaking} onMake={(terms) => void make(terms)} />
    </Dialog>
  );
}

type ItemProps = {
  readonly group: Group;
  readonly link: GroupLinkRow;
  readonly isShown: boolean;
  readonly onShow: () => void;
  readonly onWithdraw: () => void;
};

function LinkItem({ group, link, isShown, onShow, onWithdraw }: ItemProps): ReactElement {
  const { me } = useSession();
  const nowMs = useNow();
  const words = texts().groups.links;
  const { by, uses, used, approval, expiresAtMs, fragment } = link;
  const over = link.over ?? (expiresAtMs <= nowMs ? "expired" : null);
  const facts = [
    words.madeBy(by === me.account ? null : nameIn(group.people, by)),
    words.used(used, uses),
    ...(over === null ? [words.until(shortDate(expiresAtMs))] : []),
    ...(approval && over === null ? [words.byApproval] : []),
  ];
  return (
    <li>
      {over === null ? null : <p className="group-link-over">{words.over[over]}</p>}
      <p className="hint">{facts.join(", ")}</p>
      {over === null ? (
        <div className="button-row">
          <button type="button" className="quiet-button" aria-expanded={isShown} onClick={onShow}>
            {words.show}
          </button>
          <button type="button" className="quiet-button" onClick={onWithdraw}>
            {words.withdraw}
          </button>
        </div>
      ) : null}
      {isShown && over === null ? (
        <LinkCard
          link={`${location.origin}/#${fragment}`}
          label={words.link}
          qrLabel={words.qr}
          shareText={words.shareText}
        />
      ) : null}
    </li>
  );
}
