/**
 * "Import backup": into the account of this device, or, on the first screen, as a new device of the file's.
 * [AIM1] What opens the file is asked for when it is chosen. [AIM2] Where the file does not bring the account
 * back by itself, the words are asked for as well. [AIM3] How far it is and how it ended is said.
 */
import { type FormEvent, type ReactElement, useState } from "react";

import type { RemoteDevice } from "../../engine/remote-device.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Finished } from "../../ui/finished.tsx";
import { backupFailureText } from "./backup-failure-text.ts";
import { lockKindOf, readBackup } from "./backup-file.ts";
import { secretFor, wordsErrorText } from "./words.ts";

type Props = {
  readonly device: RemoteDevice;
  /** This device has no account yet. */
  readonly isNew: boolean;
  /** The account is here, with all that the file has. */
  readonly onImported: () => void;
  readonly onClose: () => void;
};

type Chosen = {
  readonly file: File;
  readonly hasPassphrase: boolean;
  readonly needsWords: boolean;
};
type Step =
  | { readonly type: "choosing"; readonly failure: string }
  | { readonly type: "reading"; readonly share: number; readonly isChecking: boolean }
  | { readonly type: "done" };

export function ImportDialog({ device, isNew, onImported, onClose }: Props): ReactElement {
  const { chosen, step, choose, read } = useImport(device, () => {
    if (isNew) onImported();
  });
  const { recovery } = texts();
  const words = recovery.importing;
  const isReading = step.type === "reading";
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    if (chosen !== null && !isReading) void read(chosen, textOf("passphrase"), textOf("words"));
  };
  return (
    <Dialog heading={recovery.importBackup} onClose={isReading ? null : onClose}>
      {step.type === "done" ? (
        <Finished onClose={onClose}>{words.done}</Finished>
      ) : (
        <form className="dialog-form" onSubmit={submit} noValidate>
          <p>{isNew ? words.leadNew : words.lead}</p>
          <label className="field">
            <span>{words.file}</span>
            <input
              type="file"
              accept=".age,application/octet-stream"
              disabled={isReading}
              onChange={(event) => void choose(event.currentTarget.files?.[0])}
            />
          </label>
          {chosen === null ? null : <Openers chosen={chosen} />}
          <p className="failure" role="alert">
            {step.type === "choosing" ? step.failure : ""}
          </p>
          {isReading ? <Reading step={step} /> : null}
          {isReading ? null : (
            <button type="submit" className="primary-button" disabled={chosen === null}>
              {words.submit}
            </button>
          )}
        </form>
      )}
    </Dialog>
  );
}

type Import = {
  readonly chosen: Chosen | null;
  readonly step: Step;
  readonly choose: (file: File | undefined) => Promise<void>;
  readonly read: (it: Chosen, passphrase: string, typed: string) => Promise<void>;
};

function useImport(device: RemoteDevice, onDone: () => void): Import {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [step, setStep] = useState<Step>({ type: "choosing", failure: "" });
  const fail = (failure: string): void => setStep({ type: "choosing", failure });

  const choose = async (file: File | undefined): Promise<void> => {
    setChosen(null);
    fail("");
    if (file === undefined) return;
    const kind = await lockKindOf(file);
    if (kind === null) return fail(texts().recovery.errors.notAge);
    setChosen({ file, hasPassphrase: kind === "passphrase", needsWords: kind === "words" });
  };
  const read = async (it: Chosen, passphrase: string, typed: string): Promise<void> => {
    setStep({ type: "reading", share: 0, isChecking: true });
    const secret = it.needsWords ? await secretFor(typed) : null;
    if (secret?.ok === false) return fail(wordsErrorText(secret.error));
    const keys = {
      passphrase: it.hasPassphrase ? passphrase : null,
      secret: secret === null ? null : secret.value,
    };
    const done = await readBackup(device, it.file, keys, (share, isChecking) =>
      setStep({ type: "reading", share, isChecking }),
    );
    if (done.ok) {
      setStep({ type: "done" });
      return onDone();
    }
    if (done.error.type === "BackupNeedsWords") setChosen({ ...it, needsWords: true });
    fail(backupFailureText(done.error, !it.hasPassphrase || it.needsWords));
  };
  return { chosen, step, choose, read };
}

function Reading({ step }: { readonly step: Extract<Step, { type: "reading" }> }): ReactElement {
  const words = texts().recovery.importing;
  return (
    <>
      <progress aria-label={words.progress} value={step.share} />
      <p className="hint" role="status">
        {step.isChecking ? words.checking : words.working}
      </p>
    </>
  );
}

function Openers({ chosen }: { readonly chosen: Chosen }): ReactElement {
  const { importing, restoring } = texts().recovery;
  return (
    <>
      {chosen.hasPassphrase ? (
        <label className="field">
          <span>{importing.passphrase}</span>
          <input name="passphrase" type="password" autoComplete="current-password" />
        </label>
      ) : null}
      {chosen.needsWords ? (
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
          />
        </label>
      ) : null}
    </>
  );
}
