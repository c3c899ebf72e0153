/** One field with a name in it. [ANM1] A name that will not do is refused in words, and stays. */
import { type FormEvent, type ReactElement, useRef, useState } from "react";

import type { Result } from "../../../crypto/base/result.ts";
import { type DeviceFailure, deviceFailureText } from "../../text/device-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";

type Props = {
  readonly heading: string;
  readonly label: string;
  readonly hint?: string;
  readonly name: string;
  readonly onName: (name: string) => Promise<Result<void, DeviceFailure>>;
  readonly onClose: () => void;
};

export function NameDialog(props: Props): ReactElement {
  const { heading, label, hint, name, onName, onClose } = props;
  const [typed, setTyped] = useState(name);
  const [failure, setFailure] = useState<DeviceFailure | null>(null);
  const field = useRef<HTMLInputElement>(null);

  const save = async (): Promise<void> => {
    const done = await onName(typed);
    if (done.ok) onClose();
    else setFailure(done.error);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void save();
  };
  return (
    <Dialog heading={heading} initialFocus={field} onClose={onClose}>
      <form className="device-form" onSubmit={submit} noValidate>
        <label className="field">
          <span>{label}</span>
          <input
            ref={field}
            value={typed}
            dir="auto"
            autoComplete="off"
            aria-invalid={failure !== null}
            aria-describedby="name-failure"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        {hint === undefined ? null : <p className="hint">{hint}</p>}
        <p id="name-failure" className="failure" role="alert">
          {failure === null ? "" : deviceFailureText(failure)}
        </p>
        <div className="button-row">
          <button type="submit" className="primary-button">
            {texts().devices.save}
          </button>
          <button type="button" className="quiet-button" onClick={onClose}>
            {texts().devices.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
