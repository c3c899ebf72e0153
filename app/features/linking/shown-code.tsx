/** Our code as QR and link, and a field for the other device's. */
import { Copy } from "lucide-react";
import { type ReactElement, useState } from "react";

import type { LinkRole } from "../../../crypto/link/code.ts";
import { copy } from "../../platform/capabilities.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { ReceivedLink } from "../../ui/received-link.tsx";
import { QrCode } from "../invite/qr-code.tsx";

type Props = {
  readonly role: LinkRole;
  readonly link: string;
  /** Why the link that was pasted leads nowhere, in words. */
  readonly failure: string;
  /** The other device's link was pasted. */
  readonly onUse: (link: string) => void;
};

export function ShownCode({ role, link, failure, onUse }: Props): ReactElement {
  const [copied, setCopied] = useState<boolean | null>(null);
  const announce = useAnnounce();
  const words = texts().linking;

  const copyLink = async (): Promise<void> => {
    const done = await copy(link);
    setCopied(done);
    announce(done ? words.copied : words.copyFailed);
  };
  return (
    <>
      <p>{words.body[role]}</p>
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
      <p className="hint">{words.expires}</p>
      {copied === false ? <p className="failure">{words.copyFailed}</p> : null}
      <button type="button" className="primary-button" onClick={() => void copyLink()}>
        <Copy aria-hidden="true" />
        {copied === true ? words.copied : words.copy}
      </button>
      <ReceivedLink
        heading={words.receivedHeading}
        label={words.received}
        submit={words.use}
        failure={failure}
        onLink={onUse}
      />
    </>
  );
}
