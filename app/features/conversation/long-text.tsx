/**
 * A text that is too long for its entry: its beginning, and all of it when one asks. [ALG1] The rest is
 * shown only when it is here; until then it says why not, in words. [ALG2] Opened, one reads on where one
 * was; closed, one is at its end.
 */
import { type ReactElement, useCallback, useState } from "react";
import { flushSync } from "react-dom";

import type { BlobRef } from "../../../sync/entry/blob-ref.ts";
import type { Mention } from "../../../sync/entry/message-body.ts";
import { readWhole, type Whole } from "../../db/media.ts";
import type { People } from "../../db/people.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useRows } from "../../ui/use-rows.ts";
import { MessageText } from "./message-text.tsx";
import { useKeepPlace } from "./scroll-keeper.tsx";

type Props = {
  readonly beginning: string;
  readonly whole: BlobRef;
  readonly mentions: readonly Mention[];
  readonly people: People;
  readonly tabIndex: 0 | -1;
};

export function LongText({ beginning, whole, mentions, people, tabIndex }: Props): ReactElement {
  const { db } = useSession();
  const read = useCallback(() => readWhole(db, whole), [db, whole]);
  const found = useRows(read);
  // Another message of the same blob says that it begins otherwise.
  const isOther = found?.text?.startsWith(beginning) === false;
  const now: Whole | undefined = isOther ? { state: "refused", text: null } : found;
  const [isOpen, setOpen] = useState(false);
  const keepPlace = useKeepPlace();
  const words = texts().media;
  const text = now?.text ?? null;
  const note = noteOf(now);
  return (
    <>
      <MessageText
        text={isOpen && text !== null ? text : `${beginning}…`}
        mentions={mentions}
        people={people}
      />
      {text === null ? null : (
        <button
          type="button"
          className="show-all"
          aria-expanded={isOpen}
          tabIndex={tabIndex}
          onClick={({ currentTarget }) =>
            keepPlace(isOpen ? currentTarget : currentTarget.parentElement, () =>
              flushSync(() => setOpen(!isOpen)),
            )
          }
        >
          {isOpen ? words.showLess : words.showAll}
        </button>
      )}
      {note === null ? null : <em className="long-note">{note}</em>}
    </>
  );
}

/** What is to be said while not all is well. */
function noteOf(now: Whole | undefined): string | null {
  const words = texts().media;
  if (now === undefined) return words.coming;
  const { state, trouble } = now;
  if (state === "refused") return words.refused;
  if (state === "wanted") {
    if (trouble === "missing") return words.missing;
    return trouble === "unreachable" ? words.unreachable : words.coming;
  }
  if (trouble === "full") return words.full;
  if (trouble === "refused") return words.notTaken;
  return state === "up" && trouble !== undefined ? words.sending : null;
}
