/**
 * A field for a link that somebody sent, the button that follows it, and the camera for the code of one. What is
 * wrong with the link is said there, and it stays in the field, which has the focus.
 */
import { type FormEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";

import { ScanButton } from "./scan-button.tsx";

type Props = {
  readonly heading: string;
  readonly label: string;
  readonly submit: string;
  /** Of the link that was followed last, in words. */
  readonly failure?: string;
  /** Trimmed, and not empty. */
  readonly onLink: (link: string) => void;
};

export function ReceivedLink(props: Props): ReactElement {
  const { heading, label, submit, failure = "", onLink } = props;
  const [link, setLink] = useState("");
  const failureId = useId();
  const field = useRef<HTMLInputElement>(null);
  // Also brings it into sight: on phones the dialog is longer than the screen.
  useEffect(() => {
    if (failure !== "") field.current?.focus();
  }, [failure]);
  const follow = (event: FormEvent): void => {
    event.preventDefault();
    if (link.trim() !== "") onLink(link.trim());
  };
  return (
    <form className="received-link" onSubmit={follow}>
      <h3>{heading}</h3>
      <p id={failureId} className="failure" role="alert">
        {failure}
      </p>
      <div className="field-row">
        <input
          ref={field}
          className="link-field"
          aria-label={label}
          placeholder="https://…"
          value={link}
          dir="ltr"
          autoComplete="off"
          aria-invalid={failure !== ""}
          aria-describedby={failureId}
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
