import "fake-indexeddb/auto";
import type { Dexie } from "dexie";
import { expect, test } from "vitest";

import { countUnread, isArchived } from "../../../app/db/chat-marks.ts";
import { readChat, readChats } from "../../../app/db/chats.ts";
import { readNews } from "../../../app/db/news.ts";
import { channelsOf, chatMarksOf, contactsOf, entriesOf, logsOf } from "../../../app/db/tables.ts";
import { fromHex } from "../../../crypto/base/hex.ts";
import type { Mute } from "../../../sync/thread/chat-marks.ts";
import { NO_MARKS } from "../../../sync/thread/chat-marks.ts";
import type { Kept } from "../../../sync/thread/stamp.ts";
import { channel, contact, DAY, entry, log, openRows, THEM, US } from "./rows.ts";

const kept = <Value>(value: Value): Kept<Value> => ({
  stamp: { hEff: 1, tie: 1, seq: 1, id: "" },
  value,
});

/** A chat with Bob, of which two are unread, the older one naming us. */
async function chatWith(marks: Partial<typeof NO_MARKS>): Promise<Dexie> {
  const db = await openRows();
  const account = fromHex(US);
  const mentions = [
    { account: account.ok ? account.value : new Uint8Array(32), start: 0, length: 3 },
  ];
  await contactsOf(db).add(contact(THEM, { name: "Bob" }));
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US, lastH: 90 }),
    channel(2, {
      lastH: 9,
      unread: 2,
      preview: { text: "so?", own: false },
      theirs: { lastH: 9, seenH: 0 },
    }),
  ]);
  await logsOf(db).bulkAdd([log(1, { c: 2 }), log(2, { c: 2, account: THEM })]);
  const extra = { reply: null, mentions, attachments: [], whole: null, forwarded: false };
  await entriesOf(db).bulkAdd([
    entry(8, { c: 2, a: 2, text: "Ada look", extra }),
    entry(9, { c: 2, a: 2, text: "so?" }),
  ]);
  await chatMarksOf(db).add({ id: channel(2).id, marks: { ...NO_MARKS, ...marks } });
  return db;
}

const muted = (mute: Mute) => ({ muted: kept(mute) });

test("[ACM1] pinned chats stand on top, archived ones apart until something new comes", async () => {
  const pinned = await readChats(await chatWith({ pinned: kept(true) }));
  expect(pinned.map(({ c }) => c)).toEqual([2, 1]);
  const plain = await readChats(await chatWith({}));
  expect(plain.map(({ c }) => c)).toEqual([1, 2]);
  const db = await chatWith({ archived: kept({ on: true, upToH: 9 }) });
  const away = async (): Promise<boolean> => {
    const chat = await readChat(db, 2);
    return chat !== undefined && isArchived(chat, DAY);
  };
  expect(await away()).toBe(true);
  await channelsOf(db).update(2, { lastH: 10 });
  expect(await away()).toBe(false);
});

test("[ACM2] [ANW3] a muted chat is neither counted nor told, but for who names the person", async () => {
  const untilMs = DAY + 1;
  const toldAt = async (db: Dexie, nowMs: number) => [
    countUnread(await readChats(db), nowMs),
    (await readNews(db, nowMs))
      .filter(({ isMuted }) => !isMuted)
      .map(({ text, unread }) => [text, unread]),
  ];
  const silent = await chatWith(muted({ untilMs, level: 0 }));
  expect(await toldAt(silent, DAY)).toEqual([0, []]);
  expect(await toldAt(silent, untilMs)).toEqual([2, [["so?", 2]]]);
  const mentions = await chatWith(muted({ untilMs, level: 1 }));
  expect(await toldAt(mentions, DAY)).toEqual([1, [["Ada look", 1]]]);
  expect(await toldAt(await chatWith({}), DAY)).toEqual([2, [["so?", 2]]]);
});

test("[ANW4] what the person wrote elsewhere makes nothing newer", async () => {
  const db = await chatWith({});
  const newest = async (): Promise<number | undefined> => (await readNews(db, DAY))[0]?.newestMs;
  const before = await newest();
  await channelsOf(db).update(2, { lastH: 2_048_000, preview: { text: "mine", own: true } });
  expect(await newest()).toBe(before);
});
