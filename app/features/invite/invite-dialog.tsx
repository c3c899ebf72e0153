/**
 * "Invite someone": the link, its QR code, copy and share; and a field for a link that the person
 * got themselves, because links open in the browser and not in an installed app.
 *
 * [AIN1] The link stands in a read-only field. [AIN2] A link that no relay holds yet says so.
 */
import { useLiveQuery } from "dexie-react-hooks";
import { Copy, Share2 } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";

import { isPublished } from "../../db/invites.ts";
import { canShare, copy, share } from "../../platform/capabilities.ts";
import { useSession } from "../../session/session.ts";
import { type Failure, failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ReceivedLink } from "../../ui/received-link.tsx";
import { QrCode } from "./qr-code.tsx";

type Props = {
  readonly onClose: () => void;
  /** A link that was pasted. */
  readonly onReceived: (link: string) => void;
};

type Made =
  | { readonly type: "making" }
  | { readonly type: "made"; readonly link: string }
  | { readonly type: "failed"; readonly failure: Failure };

export function InviteDialog({ onClose, onReceived }: Props): ReactElement {
  const { device } = useSession();
  const [made, setMade] = useState<Made>({ type: "making" });
  const words = texts().invite;

  useEffect(() => {
    const make = async (): Promise<void> => {
      const answer = await device.call("device", "invite");
      setMade(
        answer.ok
          ? { type: "made", link: answer.value.link }
          : { type: "failed", failure: answer.error },
      );
    };
    void make();
  }, [device]);

  return (
    <Dialog heading={words.heading} onClose={onClose}>
      <p>{words.body}</p>
      {made.type === "making" ? <p className="hint">{words.making}</p> : null}
      {made.type === "failed" ? <p className="failure">{failureText(made.failure)}</p> : null}
      {made.type === "made" ? <InviteLink link={made.link} /> : null}
      <ReceivedLink
        heading={texts().invite.receivedHeading}
        label={texts().invite.received}
        submit={texts().invite.open}
        onLink={onReceived}
      />
    </Dialog>
  );
}

function InviteLink({ link }: { readonly link: string }): ReactElement {
  const { db } = useSession();
  const [copied, setCopied] = useState<boolean | null>(null);
  const published = useLiveQuery(() => isPublished(db, link), [db, link]);
  const announce = useAnnounce();
  const words = texts().invite;

  const copyLink = async (): Promise<void> => {
    const done = await copy(link);
    setCopied(done);
    announce(done ? words.copied : words.copyFailed);
  };
  return (
    <>
      <QrCode text={link} label={words.qr} />
      <label className="field">
        <span>{words.link}</span>
        <input
          className="link-field"
          readOnly
          value={link}
          dir="ltr"
          onFocus={(event) => event.target.select()}
        />
      </label>
      {published === false ? <p className="hint">{words.unpublished}</p> : null}
      {copied === false ? <p className="failure">{words.copyFailed}</p> : null}
      <div className="button-row">
        <button type="button" className="primary-button" onClick={() => void copyLink()}>
          <Copy aria-hidden="true" />
          {copied === true ? words.copied : words.copy}
        </button>
        {canShare() ? (
          <button
            type="button"
            className="quiet-button"
            onClick={() => void share(link, words.shareText)}
          >
            <Share2 aria-hidden="true" />
            {words.share}
          </button>
        ) : null}
      </div>
    </>
  );
}
