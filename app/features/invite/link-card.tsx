/**
 * A link to give away: its QR code, the link itself, copy and share.
 *
 * [AIN1] The link stands in a read-only field. [AIN2] A link that no relay holds yet says so.
 */
import { useLiveQuery } from "dexie-react-hooks";
import { Copy, Share2 } from "lucide-react";
import { type ReactElement, useState } from "react";

import { isPublished } from "../../db/invites.ts";
import { canShare, copy, share } from "../../platform/capabilities.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { QrCode } from "./qr-code.tsx";

type Props = {
  readonly link: string;
  /** Of the field. */
  readonly label: string;
  readonly qrLabel: string;
  /** Said beside the link where it is shared. */
  readonly shareText: string;
};

export function LinkCard({ link, label, qrLabel, shareText }: Props): ReactElement {
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
      <QrCode text={link} label={qrLabel} />
      <label className="field">
        <span>{label}</span>
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
            onClick={() => void share(link, shareText)}
          >
            <Share2 aria-hidden="true" />
            {words.share}
          </button>
        ) : null}
      </div>
    </>
  );
}
