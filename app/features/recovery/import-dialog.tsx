/**
 * "Import backup": into the account of this device, or, on the first screen, as a new device of the file's.
 * [AIM1] What opens the file is asked for when it is chosen. [AIM2] Where the file does not bring the account
 * back by itself, the words are asked for as well. [AIM3] How far it is and how it ended is said.
 * [AIM4] It can be stopped: before anything is taken nothing has changed, later what is here stays. On a device
 * whose account the file is just bringing it goes through.
 */
import { type FormEvent, type ReactElement, useState } from "react";

import type { RemoteDevice } from "../../engine/remote-device.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Finished } from "../../ui/finished.tsx";
import { backupFailureText } from "./backup-failure-text.ts";
import { lockKindOf, readBackup } from "./backup-file.ts";
import { useAbort } from "./use-abort.ts";
import { secretFor, wordsErrorText } from "./words.ts";
import { type OpenStretch, workerStretch } from "./worker-stretch.ts";
import { StopRow, Working } from "./working.tsx";

type Props = {
  readonly device: RemoteDevice;
  /** This device has no account yet. */
  readonly isNew: boolean;
  /** The account is here, with all that the file has. */
  readonly onImported: () => void;
  readonly onClose: () => void;
  /** Where passphrases are worked on. */
  readonly stretchIn?: OpenStretch;
};

type Chosen = {
  readonly file: File;
  readonly hasPassphrase: boolean;
  readonly needsWords: boolean;
};
type Phase = "trying" | "checking" | "working";
type Step =
  | { readonly type: "choosing"; readonly failure: string }
  | { readonly type: "reading"; readonly share: number; readonly phase: Phase }
  | { readonly type: "done" };

export function ImportDialog(props: Props): ReactElement {
  const { device, isNew, onImported, onClose, stretchIn = workerStretch } = props;
  const { chosen, step, choose, read, stop } = useImport(device, stretchIn, () => {
    if (isNew) onImported();
  });
  const { recovery } = texts();
  const words = recovery.importing;
  const isReading = step.type === "reading";
  const isBound = isReading && isNew && step.phase === "working";
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
    <Dialog heading={recovery.importBackup} onClose={isBound ? null : onClose}>
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
          {isReading ? (
            <Working label={words.progress} share={step.share} doing={words[step.phase]} />
          ) : null}
          <StopRow
            submit={words.submit}
            isReady={chosen !== null}
            isBusy={isReading}
            onStop={isReading && !isBound ? stop : null}
          />
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
  readonly stop: () => void;
};

function useImport(device: RemoteDevice, stretchIn: OpenStretch, onDone: () => void): Import {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [step, setStep] = useState<Step>({ type: "choosing", failure: "" });
  const { begin, stop } = useAbort();
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
    let isTaking = false;
    const progress = (share: number, phase: Phase): void => {
      isTaking = phase === "working";
      setStep({ type: "reading", share, phase });
    };
    progress(0, it.hasPassphrase ? "trying" : "checking");
    const signal = begin();
    const stretch = stretchIn((share) => progress(share, "trying"), signal);
    const secret = it.needsWords ? await secretFor(typed) : null;
    if (secret?.ok === false) return fail(wordsErrorText(secret.error));
    const keys = {
      passphrase: it.hasPassphrase ? { passphrase, stretch } : null,
      secret: secret === null ? null : secret.value,
    };
    const done = await readBackup(
      device,
      it.file,
      keys,
      (share, isChecking) => progress(share, isChecking ? "checking" : "working"),
      signal,
    );
    if (done.ok) {
      setStep({ type: "done" });
      return onDone();
    }
    if (done.error.type === "BackupNeedsWords") setChosen({ ...it, needsWords: true });
    if (done.error.type === "Stopped" && isTaking) fail(texts().recovery.importing.stopped);
    else fail(backupFailureText(done.error, !it.hasPassphrase || it.needsWords));
  };
  return { chosen, step, choose, read, stop };
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
