/**
 * "Export backup": what opens the file, then the file. [AXP1] A passphrase is typed twice, and short ones are
 * refused. [AXP2] How far it is and how it ended is said. [AXP3] Whose words are not on paper yet is told to write
 * them down: a file that they alone open is lost with them. [AXP4] It can be stopped until it is done, and who
 * closes the dialog stops it: no file comes afterwards.
 */
import { type FormEvent, type ReactElement, useCallback, useId, useState } from "react";

import { readRecovery } from "../../db/recovery.ts";
import { fileToSave } from "../../platform/save-file.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { Choice } from "../../ui/choice.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Finished } from "../../ui/finished.tsx";
import { useRows } from "../../ui/use-rows.ts";
import { backupFailureText } from "./backup-failure-text.ts";
import { writeBackup } from "./backup-file.ts";
import { useAbort } from "./use-abort.ts";
import { type OpenStretch, workerStretch } from "./worker-stretch.ts";
import { StopRow, Working } from "./working.tsx";

const LOCKS = ["passphrase", "words"] as const;
type Lock = (typeof LOCKS)[number];
const PASSPHRASE_CHARS_MIN = 12;

type Step =
  | { readonly type: "choosing"; readonly failure: string }
  /** `isKey`: of the passphrase first. */
  | { readonly type: "writing"; readonly share: number; readonly isKey: boolean }
  | { readonly type: "saved"; readonly entries: number };

type Props = {
  readonly onClose: () => void;
  /** Where passphrases are worked on. */
  readonly stretchIn?: OpenStretch;
};

export function ExportDialog({ onClose, stretchIn = workerStretch }: Props): ReactElement {
  const { device } = useSession();
  const [lock, setLock] = useState<Lock>("passphrase");
  const [step, setStep] = useState<Step>({ type: "choosing", failure: "" });
  const { begin, stop } = useAbort();
  const { exporting: words, exportBackup } = texts().recovery;

  const write = async (passphrase: string | null): Promise<void> => {
    const progress = (share: number, isKey: boolean): void =>
      setStep({ type: "writing", share, isKey });
    progress(0, passphrase !== null);
    const signal = begin();
    const stretch = stretchIn((share) => progress(share, true), signal);
    const key = passphrase === null ? null : { passphrase, stretch };
    const sink = fileToSave(`kith-backup-${new Date().toISOString().slice(0, 10)}.age`);
    const written = await writeBackup(device, key, sink, (it) => progress(it, false), signal);
    if (written.ok) setStep({ type: "saved", entries: written.value });
    else setStep({ type: "choosing", failure: backupFailureText(written.error) });
  };
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (step.type === "writing") return;
    if (lock === "words") return void write(null);
    const typed = new FormData(event.currentTarget);
    const [passphrase, again] = [typed.get("passphrase"), typed.get("again")];
    if (typeof passphrase !== "string" || Array.from(passphrase).length < PASSPHRASE_CHARS_MIN) {
      return setStep({ type: "choosing", failure: words.tooShort });
    }
    if (passphrase !== again) return setStep({ type: "choosing", failure: words.differs });
    void write(passphrase);
  };

  return (
    <Dialog heading={exportBackup} onClose={onClose}>
      {step.type === "saved" ? (
        <Finished onClose={onClose}>{words.saved(step.entries)}</Finished>
      ) : (
        <form className="dialog-form" onSubmit={submit} noValidate>
          <p>{words.lead}</p>
          <Choice
            legend={words.lock}
            values={LOCKS}
            chosen={lock}
            nameOf={(value) => words.locks[value]}
            onChoose={(chosen) => {
              setLock(chosen);
              setStep({ type: "choosing", failure: "" });
            }}
          />
          {lock === "passphrase" ? <Passphrases /> : <WordsHint />}
          <p className="failure" role="alert">
            {step.type === "choosing" ? step.failure : ""}
          </p>
          {step.type === "writing" ? (
            <Working
              share={step.share}
              doing={step.isKey ? words.key : words.working}
              label={words.working}
            />
          ) : null}
          <StopRow
            submit={words.save}
            isBusy={step.type === "writing"}
            onStop={step.type === "writing" ? stop : null}
          />
        </form>
      )}
    </Dialog>
  );
}

function WordsHint(): ReactElement {
  const { db } = useSession();
  const read = useCallback(() => readRecovery(db), [db]);
  const isOpen = useRows(read)?.isKept === false;
  const { exporting: words } = texts().recovery;
  return (
    <>
      <p className="hint">{words.wordsHint}</p>
      {isOpen ? <p>{words.wordsOpen}</p> : null}
    </>
  );
}

function Passphrases(): ReactElement {
  const { exporting: words } = texts().recovery;
  const hintId = useId();
  return (
    <>
      <label className="field">
        <span>{words.passphrase}</span>
        <input
          name="passphrase"
          type="password"
          autoComplete="new-password"
          aria-describedby={hintId}
        />
      </label>
      <p id={hintId} className="hint">
        {words.hint}
      </p>
      <label className="field">
        <span>{words.again}</span>
        <input name="again" type="password" autoComplete="new-password" />
      </label>
    </>
  );
}
