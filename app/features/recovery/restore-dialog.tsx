/**
 * "Restore", on the first screen: the account from 24 words.
 *
 * [ARS1] Words that are wrong are named, and stay in the field. [ARS2] Where the relay has nothing, or what is
 * not ours, the person names another one, or goes on with the same account, empty. [ARS3] What comes of it is said, and
 * nothing is made before it is sure. [ARS4] The relay's address stays in sight once it is asked for or given. [ARS5] What was typed
 * to go on without it stays as well, and has the focus when it will not do.
 */
import { type FormEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";

import { unreachable } from "../../../crypto/base/assert.ts";
import type { RestoreError } from "../../../sync/recovery/recovery.ts";
import type { EngineFailure } from "../../engine/calls.ts";
import type { RemoteDevice } from "../../engine/remote-device.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { secretFor, wordsErrorText } from "./words.ts";

type Props = {
  readonly device: RemoteDevice;
  /** The person has a file. */
  readonly onBackup: () => void;
  readonly onRestored: () => void;
  readonly onClose: () => void;
};

type Step =
  | { readonly type: "typing"; readonly failure: string }
  | { readonly type: "working" }
  /** Nothing lies at the relay, or nothing that is ours; the words are right. `why`: in words. */
  | {
      readonly type: "nothing";
      readonly secret: Uint8Array;
      readonly why: string;
      /** Of going on without it. */
      readonly failure: string;
      readonly isBusy: boolean;
    };

export function RestoreDialog({ device, onBackup, onRestored, onClose }: Props): ReactElement {
  const [step, setStep] = useState<Step>({ type: "typing", failure: "" });
  const [isElsewhere, setElsewhere] = useState(false);
  const words = texts().recovery;

  const restore = async (typed: string, relay: string): Promise<void> => {
    setStep({ type: "working" });
    if (relay !== "") setElsewhere(true);
    const secret = await secretFor(typed);
    if (!secret.ok) return setStep({ type: "typing", failure: wordsErrorText(secret.error) });
    const url = relay === "" ? null : originOf(relay);
    const done = await device.call("recovery", "restore", secret.value, url);
    if (done.ok) return onRestored();
    const why = restoreFailureText(done.error);
    const { type } = done.error;
    if (type === "CapsuleNotFound" || type === "CapsuleForged") {
      setElsewhere(true);
      return setStep({ type: "nothing", secret: secret.value, why, failure: "", isBusy: false });
    }
    setStep({ type: "typing", failure: why });
  };
  const goOn = async (secret: Uint8Array, why: string, name: string): Promise<void> => {
    const stepWith = (failure: string, isBusy: boolean): void =>
      setStep({ type: "nothing", secret, why, failure, isBusy });
    stepWith("", true);
    const done = await device.call("recovery", "restoreEmpty", secret, name);
    if (done.ok) onRestored();
    else stepWith(failureText(done.error), false);
  };

  const isNothing = step.type === "nothing";
  return (
    <Dialog heading={words.restoring.heading} onClose={onClose}>
      <p>{words.restoring.lead}</p>
      <WordsForm
        isBusy={step.type === "working" || (isNothing && step.isBusy)}
        failure={step.type === "typing" ? step.failure : isNothing ? step.why : ""}
        isElsewhere={isElsewhere}
        onWords={(typed, relay) => void restore(typed, relay)}
      />
      {isNothing ? (
        <EmptyForm
          failure={step.failure}
          isBusy={step.isBusy}
          onName={(name) => void goOn(step.secret, step.why, name)}
        />
      ) : null}
      <section>
        <h3>{words.restoring.orBackup}</h3>
        <button type="button" className="quiet-button" onClick={onBackup}>
          {words.importBackup}
        </button>
      </section>
    </Dialog>
  );
}

/** People leave out what they take for granted. */
const originOf = (typed: string): string => {
  const text = typed.includes("://") ? typed : `https://${typed}`;
  return URL.canParse(text) ? new URL(text).origin : typed;
};

type WordsFormProps = {
  readonly isBusy: boolean;
  readonly failure: string;
  /** The relay's address is asked for. */
  readonly isElsewhere: boolean;
  readonly onWords: (typed: string, relay: string) => void;
};

function WordsForm({ isBusy, failure, isElsewhere, onWords }: WordsFormProps): ReactElement {
  const { restoring } = texts().recovery;
  const [hintId, failureId] = [useId(), useId()];
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const [words, relay] = [typed.get("words"), typed.get("relay")];
    if (isBusy || typeof words !== "string") return;
    onWords(words, typeof relay === "string" ? relay.trim() : "");
  };
  return (
    <form className="dialog-form" onSubmit={submit} noValidate>
      <label className="field">
        <span>{restoring.field}</span>
        <textarea
          name="words"
          rows={5}
          dir="ltr"
          lang="en"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={failure !== ""}
          aria-describedby={`${hintId} ${failureId}`}
        />
      </label>
      <p id={hintId} className="hint">
        {restoring.hint}
      </p>
      <details open={isElsewhere}>
        <summary>{restoring.elsewhere}</summary>
        <label className="field">
          <span>{restoring.relay}</span>
          <input name="relay" type="url" dir="ltr" autoComplete="off" placeholder="https://" />
        </label>
      </details>
      <p id={failureId} className="failure" role="alert">
        {failure}
      </p>
      <button type="submit" className="primary-button" aria-disabled={isBusy}>
        {isBusy ? restoring.working : restoring.submit}
      </button>
    </form>
  );
}

type EmptyFormProps = {
  readonly failure: string;
  readonly isBusy: boolean;
  readonly onName: (name: string) => void;
};

function EmptyForm({ failure, isBusy, onName }: EmptyFormProps): ReactElement {
  const { restoring } = texts().recovery;
  const field = useRef<HTMLInputElement>(null);
  const failureId = useId();
  useEffect(() => {
    if (failure !== "") field.current?.focus();
  }, [failure]);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name");
    if (!isBusy && typeof name === "string") onName(name.trim());
  };
  return (
    <form className="dialog-form" onSubmit={submit} noValidate>
      <label className="field">
        <span>{restoring.name}</span>
        <input
          ref={field}
          name="name"
          autoComplete="name"
          dir="auto"
          aria-invalid={failure !== ""}
          aria-describedby={failureId}
        />
      </label>
      <p id={failureId} className="failure" role="alert">
        {failure}
      </p>
      <button type="submit" className="quiet-button" aria-disabled={isBusy}>
        {restoring.goOnEmpty}
      </button>
    </form>
  );
}

function restoreFailureText(error: RestoreError | EngineFailure): string {
  const { errors, restoring } = texts().recovery;
  switch (error.type) {
    case "RelayUrlMalformed":
      return errors.relayUrl;
    case "CapsuleNotFound":
      return restoring.nothingFound;
    case "CapsuleVersionUnknown":
      return errors.capsuleVersion;
    case "CapsuleForged":
      return errors.capsuleForged;
    case "AlreadyStarted":
    case "EngineBusy":
    case "EngineGone":
    case "RelayUnreachable":
    case "StorageFailed":
    case "StorageFull":
      return failureText(error);
    default:
      return unreachable(error);
  }
}
