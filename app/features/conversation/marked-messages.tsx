/**
 * Messages that somebody marked: the newest pinned one below the header, and lists of all that are
 * pinned or starred in the chat. [AMP1] Each leads to its message.
 */
import { Pin, Star } from "lucide-react";
import { type ReactElement, useCallback } from "react";

import type { EntryRow } from "../../../sync/store/rows.ts";
import { summaryOf } from "../../../sync/thread/summary.ts";
import type { Chat } from "../../db/chats.ts";
import { type Marked, readPinned, readStarred, type Spot, spotOf } from "../../db/looks.ts";
import { nameIn, type People } from "../../db/people.ts";
import type { Receipts } from "../../db/receipts.ts";
import { useSession } from "../../session/session.ts";
import { summaryText } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useRows } from "../../ui/use-rows.ts";

export type MarkedKind = "pinned" | "starred";

const NONE: readonly Marked[] = [];

function useMarked(c: number, kind: MarkedKind): readonly Marked[] | undefined {
  const { db, me } = useSession();
  const { account } = me;
  const read = useCallback(
    () => (kind === "pinned" ? readPinned : readStarred)(db, c, account),
    [db, c, kind, account],
  );
  return useRows(read);
}

type BarProps = {
  readonly c: number;
  readonly onGo: (spot: Spot) => void;
  readonly onAll: () => void;
};

/** Nothing while nothing is pinned. */
export function PinnedBar({ c, onGo, onAll }: BarProps): ReactElement | null {
  const pinned = useMarked(c, "pinned") ?? NONE;
  const [newest] = pinned;
  const words = texts().actions;
  if (newest === undefined) return null;
  return (
    <section className="pinned-bar" aria-label={words.pinnedMessages}>
      <Pin aria-hidden="true" />
      <button type="button" className="pinned-go" onClick={() => onGo(spotOf(newest.row))}>
        <span className="pinned-title">{words.pinnedMessage}</span>
        <span className="pinned-line" dir="auto">
          {summaryText(summaryOf(newest.view))}
        </span>
      </button>
      {pinned.length > 1 ? (
        <button type="button" className="quiet-button" onClick={onAll}>
          {words.allPinned(pinned.length)}
        </button>
      ) : null}
    </section>
  );
}

type ListProps = {
  readonly chat: Chat;
  readonly receipts: Receipts;
  readonly people: People;
  readonly kind: MarkedKind;
  readonly onGo: (spot: Spot) => void;
  readonly onClose: () => void;
};

export function MarkedDialog({
  chat,
  receipts,
  people,
  kind,
  onGo,
  onClose,
}: ListProps): ReactElement {
  const marked = useMarked(chat.c, kind);
  const words = texts().actions;
  return (
    <Dialog
      heading={kind === "pinned" ? words.pinnedMessages : words.starredMessages}
      onClose={onClose}
    >
      {marked?.length === 0 ? (
        <p className="hint">{kind === "pinned" ? words.nonePinned : words.noneStarred}</p>
      ) : null}
      <ul className="marked">
        {(marked ?? NONE).map(({ row, view }) => (
          <li key={row.id}>
            <button
              type="button"
              className="marked-item"
              onClick={() => {
                onClose();
                onGo(spotOf(row));
              }}
            >
              <span className="hint">
                <bdi>{authorText(row, receipts, people)}</bdi>, {fullTime(row.writtenAtMs)}
              </span>
              <span dir="auto">{summaryText(summaryOf(view))}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

const authorText = ({ own, a }: EntryRow, { logByNumber }: Receipts, people: People): string =>
  own ? texts().you : nameIn(people, logByNumber.get(a)?.account ?? "");

export const StarredButton = ({ onClick }: { readonly onClick: () => void }): ReactElement => (
  <button
    type="button"
    className="icon-button"
    aria-label={texts().actions.starredMessages}
    onClick={onClick}
  >
    <Star aria-hidden="true" />
  </button>
);
