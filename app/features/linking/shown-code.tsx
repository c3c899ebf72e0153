/** Our code as QR and link, and a field for the other device's. */
import { Copy } from "lucide-react";
import { type FormEvent, type ReactElement, useState } from "react";

import type { LinkRole } from "../../../crypto/link/code.ts";
import { copy } from "../../platform/capabilities.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { QrCode } from "../invite/qr-code.tsx";

type Props = {
  readonly role: LinkRole;
  readonly link: string;
  /** The other device's link was pasted. */
  readonly onUse: (link: string) => void;
};

export function ShownCode({ role, link, onUse }: Props): ReactElement {
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
      <OtherCode onUse={onUse} />
    </>
  );
}

function OtherCode({ onUse }: Pick<Props, "onUse">): ReactElement {
  const [link, setLink] = useState("");
  const words = texts().linking;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (link.trim() !== "") onUse(link.trim());
  };
  return (
    <form className="received-link" onSubmit={submit}>
      <h3>{words.receivedHeading}</h3>
      <div className="field-row">
        <input
          className="link-field"
          aria-label={words.received}
          placeholder="https://…"
          value={link}
          dir="ltr"
          autoComplete="off"
          onInput={(event) => setLink(event.currentTarget.value)}
        />
        <button type="submit" className="quiet-button">
          {words.use}
        </button>
      </div>
    </form>
  );
}
