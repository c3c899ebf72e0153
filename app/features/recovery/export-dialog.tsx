/**
 * "Export backup": what opens the file, then the file. [AXP1] A passphrase is typed twice, and short ones are
 * refused. [AXP2] How far it is and how it ended is said. [AXP3] Whose words are not on paper yet is told to write
 * them down: a file that they alone open is lost with them.
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

const LOCKS = ["passphrase", "words"] as const;
type Lock = (typeof LOCKS)[number];
const PASSPHRASE_CHARS_MIN = 12;

type Step =
  | { readonly type: "choosing"; readonly failure: string }
  | { readonly type: "writing"; readonly share: number }
  | { readonly type: "saved"; readonly entries: number };

export function ExportDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { device } = useSession();
  const [lock, setLock] = useState<Lock>("passphrase");
  const [step, setStep] = useState<Step>({ type: "choosing", failure: "" });
  const { exporting: words, exportBackup } = texts().recovery;

  const write = async (passphrase: string | null): Promise<void> => {
    setStep({ type: "writing", share: 0 });
    const sink = fileToSave(`kith-backup-${new Date().toISOString().slice(0, 10)}.age`);
    const written = await writeBackup(device, passphrase, sink, (share) =>
      setStep({ type: "writing", share }),
    );
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
          <button type="submit" className="primary-button" aria-disabled={step.type === "writing"}>
            {step.type === "writing" ? words.working : words.save}
          </button>
          {step.type === "writing" ? (
            <progress aria-label={words.working} value={step.share} />
          ) : null}
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
