/**
 * That somebody's devices are others than before. [ADZ1] Told for a week, with when it was. [ADZ2] Of our
 * own in "Note to self", with what to do if it was not us.
 */
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
  const news = useRows(kind === "group" ? null : read);
  const words = texts().devices;
  if (news === undefined) return null;
  const { addedMs, removedMs } = news;
  const who = kind === "self" ? null : name;
  const isRecent = (ms: number): boolean => ms > nowMs - SHOWN_MS;
  return (
    <>
      {isRecent(addedMs) ? <p>{words.newDevice(who, fullTime(addedMs))}</p> : null}
      {isRecent(removedMs) ? <p>{words.goneDevice(who, fullTime(removedMs))}</p> : null}
    </>
  );
}
