/**
 * The first screen. One field and one button; with an invite link the same two lead straight into
 * the chat.
 *
 * [AON1] Start makes the account, and with an invite opens the chat: two actions in all. [AON2] A
 * name that will not do is refused in words, and stays in the field. [AON3] An invite that does not
 * open says why; the person is set up all the same and may try again or go on without it. [AON4]
 * That another tab was quicker is no failure. [AON5] Who has Kith on another device links it
 * instead, and who lost theirs restores it. [AON6] An invite that opened the app is asked about after that.
 */
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from "react";

import { isCoarsePointer } from "../../platform/capabilities.ts";
import { type Failure, failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Screen } from "../../ui/screen.tsx";
import type { Newcomer } from "./newcomer.ts";

type Props = {
  readonly newcomer: Newcomer;
  /** The engine takes longer to start than it should. */
  readonly slow: boolean;
  /** The person has Kith on another device. */
  readonly onLink: () => void;
  /** The person has words or a backup. */
  readonly onRestore: () => void;
  /** `c` is the chat to open, null when there is no invite. */
  readonly onStarted: (c: number | null) => void;
};

type Step =
  | { readonly type: "naming"; readonly failure: Failure | null }
  | { readonly type: "starting" }
  | { readonly type: "inviteFailed"; readonly failure: Failure };

export function OnboardingScreen(props: Props): ReactElement {
  const { newcomer, slow, onLink, onRestore, onStarted } = props;
  const [step, setStep] = useState<Step>({ type: "naming", failure: null });

  const openInvite = async (): Promise<void> => {
    setStep({ type: "starting" });
    const opened = await newcomer.openInvite();
    if (opened.ok) onStarted(opened.value);
    else setStep({ type: "inviteFailed", failure: opened.error });
  };
  const start = async (name: string): Promise<void> => {
    setStep({ type: "starting" });
    const started = await newcomer.start(name);
    if (started.ok) await openInvite();
    else setStep({ type: "naming", failure: started.error });
  };

  return (
    <Screen heading={headingFor(newcomer.invited)}>
      {step.type === "inviteFailed" ? (
        <InviteFailed
          failure={step.failure}
          onRetry={() => void openInvite()}
          onGoOn={() => onStarted(null)}
        />
      ) : (
        <NameForm
          invited={newcomer.invited}
          busy={step.type === "starting"}
          failure={step.type === "naming" ? step.failure : null}
          onName={(name) => void start(name)}
          onLink={onLink}
          onRestore={onRestore}
        />
      )}
      {slow ? (
        <p role="status">
          {texts().strip.engineSlow}{" "}
          <button type="button" className="strip-button" onClick={() => location.reload()}>
            {texts().strip.reload}
          </button>
        </p>
      ) : null}
    </Screen>
  );
}

type NameFormProps = {
  readonly invited: Newcomer["invited"];
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly onName: (name: string) => void;
  readonly onLink: () => void;
  readonly onRestore: () => void;
};

function NameForm(props: NameFormProps): ReactElement {
  const { invited, busy, failure, onName, onLink, onRestore } = props;
  const [name, setName] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { onboarding } = texts();

  useEffect(() => {
    // On touch the keyboard would cover the sentence that says what this is.
    if (!isCoarsePointer()) field.current?.focus();
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy) onName(name.trim());
    field.current?.focus();
  };

  return (
    <form className="start-form" onSubmit={submit} noValidate>
      <p className="lead">{bodyFor(invited)}</p>
      <label className="field">
        <span>{onboarding.name}</span>
        <input
          ref={field}
          value={name}
          // Not onChange: what fills fields for people (and for tests) may set the value behind React.
          onInput={(event) => setName(event.currentTarget.value)}
          autoComplete="name"
          dir="auto"
          aria-invalid={failure !== null}
          aria-describedby="start-failure"
        />
      </label>
      <p id="start-failure" className="failure" role="alert">
        {failure === null ? "" : failureText(failure)}
      </p>
      <button type="submit" className="primary-button" aria-disabled={busy}>
        {busy ? onboarding.starting : onboarding.start}
      </button>
      <button type="button" className="link-button" onClick={onLink}>
        {texts().linking.firstButton}
      </button>
      <button type="button" className="link-button" onClick={onRestore}>
        {texts().recovery.restore}
      </button>
    </form>
  );
}

type InviteFailedProps = {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly onGoOn: () => void;
};

const InviteFailed = ({ failure, onRetry, onGoOn }: InviteFailedProps): ReactElement => (
  <div className="start-form" role="alert">
    <p className="lead">{texts().onboarding.inviteFailed}</p>
    <p className="failure">{failureText(failure)}</p>
    <button type="button" className="primary-button" onClick={onRetry}>
      {texts().tryAgain}
    </button>
    <button type="button" className="quiet-button" onClick={onGoOn}>
      {texts().onboarding.goOnWithout}
    </button>
  </div>
);

function headingFor(invited: Newcomer["invited"]): string {
  const { onboarding, groups } = texts();
  if (invited === null) return onboarding.heading;
  return invited === "group" ? groups.links.invitedHeading : onboarding.invitedHeading;
}

function bodyFor(invited: Newcomer["invited"]): string {
  const { onboarding, groups } = texts();
  if (invited === null) return onboarding.body;
  return invited === "group" ? groups.links.invitedBody : onboarding.invitedBody;
}
