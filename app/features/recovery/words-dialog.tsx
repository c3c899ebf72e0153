/**
 * "Recovery words": shown, then asked for, then gone from all devices.
 *
 * [AWD1] The 24 words stand in their order, with numbers. [AWD2] Three of them are asked for; a wrong one
 * is named, and nothing is confirmed. [AWD3] Afterwards it is said that they were written down, and they
 * are shown no more. [AWD4] What is to be done at each step has the focus.
 */
import { type FormEvent, type ReactElement, useEffect, useState } from "react";

import type { EngineFailure } from "../../engine/calls.ts";
import { useSession } from "../../session/session.ts";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Finished } from "../../ui/finished.tsx";
import { useFirstFocus } from "../../ui/use-first-focus.ts";
import { wordsFor } from "./words.ts";

const ASKED = 3;

type Failure = EngineFailure | { readonly type: "NotStarted" };
type Step =
  | { readonly type: "loading" }
  | { readonly type: "failed"; readonly why: Failure }
  | { readonly type: "showing"; readonly words: readonly string[] }
  /** `places` count from 1. */
  | {
      readonly type: "asking";
      readonly words: readonly string[];
      readonly places: readonly number[];
    }
  | { readonly type: "kept"; readonly isNow: boolean };

export function WordsDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { device } = useSession();
  const [step, setStep] = useState<Step>({ type: "loading" });
  const words = texts().recovery;

  useEffect(() => {
    const load = async (): Promise<void> => {
      const secret = await device.call("recovery", "secret");
      if (!secret.ok) setStep({ type: "failed", why: secret.error });
      else if (secret.value === null) setStep({ type: "kept", isNow: false });
      else setStep({ type: "showing", words: await wordsFor(secret.value) });
    };
    void load();
  }, [device]);
  const confirm = async (): Promise<void> => {
    const done = await device.call("recovery", "confirm");
    setStep(done.ok ? { type: "kept", isNow: true } : { type: "failed", why: done.error });
  };

  return (
    <Dialog heading={words.words} onClose={onClose}>
      {step.type === "loading" ? (
        <p className="hint" role="status">
          {words.show.loading}
        </p>
      ) : null}
      {step.type === "failed" ? (
        <p className="failure" role="alert">
          {failureText(step.why)}
        </p>
      ) : null}
      {step.type === "showing" ? (
        <Shown
          words={step.words}
          onNext={() =>
            setStep({ type: "asking", words: step.words, places: somePlaces(step.words.length) })
          }
        />
      ) : null}
      {step.type === "asking" ? (
        <Check
          words={step.words}
          places={step.places}
          onRight={() => void confirm()}
          onAgain={() => setStep({ type: "showing", words: step.words })}
        />
      ) : null}
      {step.type === "kept" ? (
        <Finished onClose={onClose}>{step.isNow ? words.kept : words.keptEarlier}</Finished>
      ) : null}
    </Dialog>
  );
}

/** Which are asked for: others each time, in their order. */
function somePlaces(count: number): readonly number[] {
  const places = Array.from({ length: count }, (_, i) => i + 1);
  for (let i = places.length - 1; i > 0; i -= 1) {
    const [chance = 0] = crypto.getRandomValues(new Uint32Array(1));
    const j = chance % (i + 1);
    [places[i], places[j]] = [places[j] ?? 0, places[i] ?? 0];
  }
  return places.slice(0, ASKED).toSorted((a, b) => a - b);
}

type ShownProps = { readonly words: readonly string[]; readonly onNext: () => void };

function Shown({ words, onNext }: ShownProps): ReactElement {
  const { show } = texts().recovery;
  const lead = useFirstFocus<HTMLParagraphElement>();
  return (
    <>
      <p ref={lead} tabIndex={-1}>
        {show.lead}
      </p>
      <ol className="recovery-words" aria-label={show.list} dir="ltr" lang="en" translate="no">
        {words.map((word, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- a word may come twice; its place is what it is
          <li key={i}>{word}</li>
        ))}
      </ol>
      <button type="button" className="primary-button" onClick={onNext}>
        {show.next}
      </button>
    </>
  );
}

type CheckProps = {
  readonly words: readonly string[];
  readonly places: readonly number[];
  readonly onRight: () => void;
  readonly onAgain: () => void;
};

function Check({ words, places, onRight, onAgain }: CheckProps): ReactElement {
  const [wrong, setWrong] = useState<number | null>(null);
  const { check } = texts().recovery;
  const lead = useFirstFocus<HTMLParagraphElement>();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const failed = places.find((place) => {
      const word = typed.get(`word-${place}`);
      return typeof word !== "string" || word.trim().toLowerCase() !== words[place - 1];
    });
    setWrong(failed ?? null);
    if (failed === undefined) onRight();
  };
  return (
    <form className="dialog-form" onSubmit={submit} noValidate>
      <p ref={lead} tabIndex={-1}>
        {check.lead}
      </p>
      {places.map((place) => (
        <label className="field" key={place}>
          <span>{check.word(place)}</span>
          <input
            name={`word-${place}`}
            dir="ltr"
            lang="en"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={wrong === place}
            aria-describedby="words-failure"
          />
        </label>
      ))}
      <p id="words-failure" className="failure" role="alert">
        {wrong === null ? "" : check.wrong(wrong)}
      </p>
      <button type="submit" className="primary-button">
        {check.confirm}
      </button>
      <button type="button" className="quiet-button" onClick={onAgain}>
        {check.again}
      </button>
    </form>
  );
}
