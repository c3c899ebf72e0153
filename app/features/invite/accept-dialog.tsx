/**
 * Asks before an invite link is used: opening one tells its maker our name, and any page on the web
 * can send a browser here with a link of its own.
 */
import { type ReactElement, useState } from "react";

import { useSession } from "../../session/session.ts";
import { type Failure, failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";

type Props = {
  readonly link: string;
  readonly onOpened: (c: number) => void;
  readonly onClose: () => void;
};

type Step =
  | { readonly type: "asking" }
  | { readonly type: "opening" }
  | { readonly type: "failed"; readonly failure: Failure };

export function AcceptDialog({ link, onOpened, onClose }: Props): ReactElement {
  const { device } = useSession();
  const [step, setStep] = useState<Step>({ type: "asking" });
  const words = texts().invite;

  const accept = async (): Promise<void> => {
    setStep({ type: "opening" });
    const opened = await device.call("device", "acceptInvite", link);
    if (opened.ok) onOpened(opened.value.c);
    else setStep({ type: "failed", failure: opened.error });
  };
  return (
    <Dialog heading={words.confirmHeading} onClose={onClose}>
      <p>{words.confirmBody}</p>
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
          {step.type === "opening" ? words.opening : words.confirm}
        </button>
        <button type="button" className="quiet-button" onClick={onClose}>
          {texts().dismiss}
        </button>
      </div>
    </Dialog>
  );
}
