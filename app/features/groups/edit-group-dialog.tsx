/** What a group is called, what it is about, and what newcomers read. [AEG1] Only what changed is said. [AEG2] A
 * picture is set at once, and said. */
import { type FormEvent, type ReactElement, useRef, useState } from "react";

import type { Result } from "../../../crypto/base/result.ts";
import type { Group } from "../../db/group.ts";
import { useSession } from "../../session/session.ts";
import { type GroupFailure, groupFailureText } from "../../text/group-failure-text.ts";
import type { MediaFailure } from "../../text/media-failure.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { HistoryChoice } from "./history-choice.tsx";
import { TOPIC_CHARS_MAX } from "./limits.ts";
import { PictureField } from "./picture-field.tsx";

type Props = { readonly group: Group; readonly onClose: () => void };

export function EditGroupDialog({ group, onClose }: Props): ReactElement {
  const { device } = useSession();
  const announce = useAnnounce();
  const field = useRef<HTMLInputElement>(null);
  // What another admin changes meanwhile is not changed back by who typed something else.
  const [before] = useState(group);
  const [title, setTitle] = useState(before.title);
  const [topic, setTopic] = useState(before.topic);
  const [history, setHistory] = useState(before.history);
  const [failure, setFailure] = useState<GroupFailure | null>(null);
  const words = texts().groups;

  const save = async (): Promise<void> => {
    setFailure(null);
    const change = {
      ...(title === before.title ? {} : { title }),
      ...(topic === before.topic ? {} : { topic }),
      ...(history === before.history ? {} : { history }),
    };
    if (Object.keys(change).length > 0) {
      const done = await device.call("groups", "describe", group.c, change);
      if (!done.ok) return setFailure(done.error);
      announce(words.saved);
    }
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void save();
  };
  return (
    <Dialog heading={words.edit} initialFocus={field} onClose={onClose}>
      <GroupPicture group={group} />
      <form className="group-form" onSubmit={submit}>
        <label className="field">
          <span>{words.name}</span>
          <input
            ref={field}
            value={title}
            dir="auto"
            autoComplete="off"
            aria-invalid={failure !== null}
            aria-describedby="group-failure"
            onInput={(event) => {
              setTitle(event.currentTarget.value);
              setFailure(null);
            }}
          />
        </label>
        <label className="field">
          <span>{words.topic}</span>
          <textarea
            value={topic}
            dir="auto"
            rows={3}
            maxLength={TOPIC_CHARS_MAX}
            onInput={(event) => setTopic(event.currentTarget.value)}
          />
        </label>
        <HistoryChoice chosen={history} onChoose={setHistory} />
        <p id="group-failure" className="failure" role="alert">
          {failure === null ? "" : groupFailureText(failure)}
        </p>
        <button type="submit" className="primary-button">
          {words.save}
        </button>
      </form>
    </Dialog>
  );
}

function GroupPicture({ group: { c, id, title, picture } }: Pick<Props, "group">): ReactElement {
  const { device } = useSession();
  const announce = useAnnounce();
  const set = async (next: Uint8Array | null): Promise<Result<void, MediaFailure>> => {
    const done = await device.call("media", "setPicture", c, next);
    const { removed, saved } = texts().media.picture;
    if (done.ok) announce(next === null ? removed : saved);
    return done;
  };
  return <PictureField account={id} title={title} picture={picture} onSet={set} />;
}
