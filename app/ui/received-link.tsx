/** A field for a link that somebody sent, the button that follows it, and the camera for the code of one. */
import { type FormEvent, type ReactElement, useState } from "react";

import { ScanButton } from "./scan-button.tsx";

type Props = {
  readonly heading: string;
  readonly label: string;
  readonly submit: string;
  /** Trimmed, and not empty. */
  readonly onLink: (link: string) => void;
};

export function ReceivedLink({ heading, label, submit, onLink }: Props): ReactElement {
  const [link, setLink] = useState("");
  const follow = (event: FormEvent): void => {
    event.preventDefault();
    if (link.trim() !== "") onLink(link.trim());
  };
  return (
    <form className="received-link" onSubmit={follow}>
      <h3>{heading}</h3>
      <div className="field-row">
        <input
          className="link-field"
          aria-label={label}
          placeholder="https://…"
          value={link}
          dir="ltr"
          autoComplete="off"
          onInput={(event) => setLink(event.currentTarget.value)}
        />
        <button type="submit" className="quiet-button">
          {submit}
        </button>
      </div>
      <ScanButton onText={onLink} />
    </form>
  );
}
