import "fake-indexeddb/auto";
import type { Dexie } from "dexie";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { channelsOf } from "../../../app/db/tables.ts";
import { readDraft, readKept, writeDraft } from "../../../app/platform/drafts.ts";
import { keyStore } from "../../../app/platform/key-store.ts";
import { openVaultKey } from "../../../app/platform/vault-key.ts";
import { type DraftField, draftChanged, enterField } from "../../../app/rooms/draft-fields.ts";
import { openDraftsRoom } from "../../../app/rooms/drafts-room.ts";
import type { TabRoom } from "../../../app/rooms/tab-room.ts";
import { editorOf, kept, tabOf } from "../../scenario/editor.ts";
import { SECOND_MS, type World, world } from "../../scenario/world.ts";
import { channel, openRows } from "../db/rows.ts";

const CHAT = 1;
const { id: CHAT_ID } = channel(CHAT);

let people: World<"phone">;
let db: Dexie;
/** A tab of another device, as good as. */
let other: TabRoom;

beforeEach(async () => {
  vi.stubGlobal("document", new EventTarget());
  await keyStore.erase();
  await openVaultKey();
  people = await world(["phone"]);
  db = await openRows();
  await channelsOf(db).add(channel(CHAT));
  other = await editorOf(people.phone, "drafts");
  onTestFinished(() => {
    other.close();
    db.close();
    vi.unstubAllGlobals();
  });
});

const elsewhere = (): string => other.doc.getText(CHAT_ID).toJSON();
const typeElsewhere = (text: string): void => {
  const there = other.doc.getText(CHAT_ID);
  there.delete(0, there.length);
  there.insert(0, text);
};

async function share(): Promise<void> {
  const opened = await openDraftsRoom(tabOf(people.phone), db);
  if (!opened.ok) throw new Error(opened.error.type);
  onTestFinished(opened.value.close);
}

/** A composer on the screen. */
function field(text: string | undefined): { text: string | undefined; isComposing: boolean } {
  const is = { text, isComposing: false };
  const entered: DraftField = {
    read: () => is.text,
    adopt: (next) => {
      if (!is.isComposing) is.text = next;
      return !is.isComposing;
    },
  };
  onTestFinished(enterField(CHAT, entered));
  return is;
}

async function type(is: { text: string | undefined }, text: string): Promise<void> {
  is.text = text;
  await writeDraft(CHAT, text);
  draftChanged(CHAT);
}

test("[ADT1] what is typed here is elsewhere, and what is typed elsewhere is in the field and on disk", async () => {
  const here = field("");
  await share();
  await type(here, "on my way");
  await expect.poll(elsewhere).toBe("on my way");
  typeElsewhere("on my way, wait");
  await expect.poll(() => here.text).toBe("on my way, wait");
  await expect.poll(() => readDraft(CHAT)).toBe("on my way, wait");
});

test("[ADT1] a chat that is not on the screen has it on disk, and a field that is away is left alone", async () => {
  await share();
  typeElsewhere("for later");
  await expect.poll(() => readDraft(CHAT)).toBe("for later");
  const here = field(undefined);
  typeElsewhere("for much later");
  await expect.poll(() => readDraft(CHAT)).toBe("for much later");
  expect(here.text).toBeUndefined();
});

test("[ADT1] while an input method composes the field waits, and loses nothing", async () => {
  const here = field("");
  await share();
  here.isComposing = true;
  here.text = "に";
  typeElsewhere("hello ");
  await expect.poll(elsewhere).toBe("hello ");
  here.isComposing = false;
  await type(here, "日本");
  await expect.poll(elsewhere).toMatch(/hello/u);
  expect(elsewhere()).toMatch(/日本/u);
  await expect.poll(() => here.text).toBe(elsewhere());
});

test("[ADT2] a draft from before and one from elsewhere are put together", async () => {
  await writeDraft(CHAT, "typed offline");
  typeElsewhere("typed there");
  await share();
  await expect.poll(elsewhere).toMatch(/typed offline/u);
  expect(elsewhere()).toMatch(/typed there/u);
  await expect.poll(() => readDraft(CHAT)).toBe(elsewhere());
});

test("[ADT3] [ADR5] a draft that was sent is gone everywhere, and then not even known", async () => {
  const here = field("");
  await share();
  await type(here, "sent soon");
  await expect.poll(elsewhere).toBe("sent soon");
  await people.pass(5 * SECOND_MS);
  await expect.poll(() => readKept(CHAT)).toEqual({ text: "sent soon", shared: "sent soon" });
  await type(here, "");
  await expect.poll(elsewhere).toBe("");
  expect(await readKept(CHAT)).toEqual({ text: "", shared: "sent soon" });
  await people.pass(5 * SECOND_MS);
  await expect.poll(() => keyStore.read("drafts", CHAT)).toBeUndefined();
});

test("[ADT4] what is shared counts as shared when the engine has it on disk", async () => {
  const here = field("");
  await share();
  await type(here, "not yet");
  await expect.poll(elsewhere).toBe("not yet");
  expect((await readKept(CHAT)).shared).toBe("");
  const isKept = kept(other);
  await people.pass(5 * SECOND_MS);
  await isKept;
  await expect.poll(async () => (await readKept(CHAT)).shared).toBe("not yet");
});

test("[ADT5] a draft that is too long to share stays here, and is gone everywhere when it was sent", async () => {
  const here = field("");
  await share();
  await type(here, "begun");
  await expect.poll(elsewhere).toBe("begun");
  await type(here, `begun ${"x".repeat(20_000)}`);
  typeElsewhere("begun there");
  await expect.poll(elsewhere).toBe("begun there");
  expect(here.text).toHaveLength(20_006);
  await type(here, "");
  await expect.poll(elsewhere).toBe(" there");
});
