/** That somebody's devices are others than before. [ADZ1] Told for a week, with when it was. */
import { type ReactElement, useCallback } from "react";

import type { Chat } from "../../db/chats.ts";
import { readDeviceNews } from "../../db/device-news.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";
import { useRows } from "../../ui/use-rows.ts";

const SHOWN_MS = 7 * 86_400_000;

type Props = { readonly chat: Chat; readonly nowMs: number };

export function DeviceNote({ chat, nowMs }: Props): ReactElement | null {
  const { db } = useSession();
  const { account, kind, name } = chat;
  const read = useCallback(() => readDeviceNews(db, account), [db, account]);
  const news = useRows(kind === "dm" ? read : null);
  const words = texts().devices;
  if (news === undefined) return null;
  const isRecent = (ms: number): boolean => ms > nowMs - SHOWN_MS;
  return (
    <>
      {isRecent(news.addedMs) ? <p>{words.theyAdded(name, fullTime(news.addedMs))}</p> : null}
      {isRecent(news.removedMs) ? <p>{words.theyRemoved(name, fullTime(news.removedMs))}</p> : null}
    </>
  );
}
