/**
 * "New group": its name, what it is about, its picture, who is in it, and what newcomers read. [ANG1] A name is
 * all that is needed. [ANG2] What was refused is said where it was typed, and everything typed is still there.
 */
import { type FormEvent, type ReactElement, type RefObject, useRef, useState } from "react";

import { ok, type Result } from "../../../crypto/base/result.ts";
import type { HistoryPolicy } from "../../../sync/roster/may.ts";
import { useSession } from "../../session/session.ts";
import { type GroupFailure, groupFailureText } from "../../text/group-failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { ContactPicker } from "./contact-picker.tsx";
import { HistoryChoice } from "./history-choice.tsx";
import { TOPIC_CHARS_MAX } from "./limits.ts";
import { PictureField } from "./picture-field.tsx";

type Props = {
  readonly onMade: (c: number) => void;
  readonly onClose: () => void;
};

const NOBODY: ReadonlySet<string> = new Set();

export function NewGroupDialog({ onMade, onClose }: Props): ReactElement {
  const { device } = useSession();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [topic, setTopic] = useState("");
  const [picture, setPicture] = useState<Uint8Array | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [history, setHistory] = useState<HistoryPolicy>("none");
  const [isMaking, setMaking] = useState(false);
  const [failure, setFailure] = useState<GroupFailure | null>(null);
  const words = texts().groups;

  const fail = (why: GroupFailure): void => {
    setMaking(false);
    setFailure(why);
    if (isOfName(why)) field.current?.focus();
  };
  const make = async (): Promise<void> => {
    setMaking(true);
    setFailure(null);
    const made = await device.call("groups", "create", name, chosen, history);
    if (!made.ok) return fail(made.error);
    const { c } = made.value;
    // The group is there, whatever becomes of this: it can be said again from its details.
    if (topic.trim() !== "") await device.call("groups", "describe", c, { topic });
    if (picture !== null) await device.call("media", "setPicture", c, picture);
    onMade(c);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isMaking) return;
    if (name.trim() === "") fail({ type: "NameEmpty" });
    else void make();
  };
  return (
    <Dialog heading={words.button} initialFocus={field} onClose={onClose}>
      <form className="group-form" onSubmit={submit}>
        <NameFields
          field={field}
          name={name}
          topic={topic}
          failure={failure !== null && isOfName(failure) ? failure : null}
          onName={(typed) => {
            setName(typed);
            setFailure(null);
          }}
          onTopic={setTopic}
        />
        <NewPicture title={name.trim()} picture={picture} onPicture={setPicture} />
        <ContactPicker
          legend={words.chooseMembers}
          without={NOBODY}
          none={words.noContacts}
          chosen={chosen}
          onChosen={setChosen}
        />
        <HistoryChoice chosen={history} onChoose={setHistory} />
        {failure === null || isOfName(failure) ? null : (
          <p className="failure" role="alert">
            {groupFailureText(failure)}
          </p>
        )}
        <button type="submit" className="primary-button" aria-disabled={isMaking}>
          {isMaking ? words.creating : words.create}
        </button>
      </form>
    </Dialog>
  );
}

type PictureProps = {
  readonly title: string;
  readonly picture: Uint8Array | null;
  readonly onPicture: (picture: Uint8Array | null) => void;
};

/** Kept until there is a group that can have it. */
function NewPicture({ title, picture, onPicture }: PictureProps): ReactElement {
  const keep = async (next: Uint8Array | null): Promise<Result<void, never>> => {
    onPicture(next);
    return ok(undefined);
  };
  return <PictureField account="" title={title} picture={picture} onSet={keep} />;
}

const isOfName = ({ type }: GroupFailure): boolean =>
  type === "NameEmpty" || type === "NameTooLong";

type FieldsProps = {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly name: string;
  readonly topic: string;
  /** Of the name. */
  readonly failure: GroupFailure | null;
  readonly onName: (name: string) => void;
  readonly onTopic: (topic: string) => void;
};

function NameFields(props: FieldsProps): ReactElement {
  const { field, name, topic, failure, onName, onTopic } = props;
  const words = texts().groups;
  return (
    <>
      <label className="field">
        <span>{words.name}</span>
        <input
          ref={field}
          value={name}
          dir="auto"
          autoComplete="off"
          aria-invalid={failure !== null}
          aria-describedby="group-failure"
          onInput={(event) => onName(event.currentTarget.value)}
        />
      </label>
      <p id="group-failure" className="failure" role="alert">
        {failure === null ? "" : groupFailureText(failure)}
      </p>
      <label className="field">
        <span>{words.topicOptional}</span>
        <input
          value={topic}
          dir="auto"
          autoComplete="off"
          maxLength={TOPIC_CHARS_MAX}
          onInput={(event) => onTopic(event.currentTarget.value)}
        />
      </label>
    </>
  );
}
