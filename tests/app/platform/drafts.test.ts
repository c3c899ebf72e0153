import "fake-indexeddb/auto";
import { beforeEach, expect, onTestFinished, test } from "vitest";

import {
  draftedChats,
  followDrafts,
  noteShared,
  readDraft,
  readKept,
  writeDraft,
} from "../../../app/platform/drafts.ts";
import { keyStore } from "../../../app/platform/key-store.ts";
import { openVaultKey, readWrappedKey, sealUnder } from "../../../app/platform/vault-key.ts";
import { utf8 } from "../../../crypto/base/bytes.ts";

beforeEach(async () => {
  await keyStore.erase();
  await openVaultKey();
});

test("[ADR1] a draft comes back as it was saved last, for its chat alone", async () => {
  await writeDraft(1, "first");
  await writeDraft(1, "Grüße\n🙂");
  expect(await readDraft(1)).toBe("Grüße\n🙂");
  expect(await readDraft(2)).toBe("");
  await writeDraft(1, "");
  expect(await readDraft(1)).toBe("");
});

test("[ADR2] a draft at rest is unreadable", async () => {
  await writeDraft(1, "canary canary");
  const sealed = await keyStore.read("drafts", 1);
  expect(sealed).toBeInstanceOf(Uint8Array);
  expect(new TextDecoder().decode(sealed as Uint8Array)).not.toContain("canary");
});

test("[ADR3] a draft that does not open, or was moved to another chat, is none", async () => {
  await writeDraft(1, "text");
  await keyStore.write("drafts", 2, await keyStore.read("drafts", 1));
  expect(await readDraft(2)).toBe("");
  await keyStore.write("drafts", 1, "nonsense");
  expect(await readDraft(1)).toBe("");
});

test("[ADR4] whoever follows learns which chats have a draft, and whose changes", async () => {
  await writeDraft(7, "from before");
  let heard = Promise.withResolvers<number>();
  const next = async (): Promise<number> => {
    const c = await heard.promise;
    heard = Promise.withResolvers();
    return c;
  };
  onTestFinished(followDrafts((c) => heard.resolve(c)));
  expect(await next()).toBe(7);
  await writeDraft(3, "new");
  expect(await next()).toBe(3);
  await writeDraft(7, "");
  expect(await next()).toBe(7);
  expect(await readDraft(7)).toBe("");
});

test("[ADR5] what is shared stands beside the draft, and a draft of an older app is one", async () => {
  await writeDraft(1, "text");
  await noteShared(1, "te");
  expect(await readKept(1)).toEqual({ text: "text", shared: "te" });
  await writeDraft(1, "");
  expect(await readKept(1)).toEqual({ text: "", shared: "te" });
  expect(await draftedChats()).toEqual([1]);
  await noteShared(1, "");
  expect(await draftedChats()).toEqual([]);
  const key = await readWrappedKey();
  const older = await sealUnder(key!.wrapper, utf8("kith/1/draft/2"), utf8("from before"));
  await keyStore.write("drafts", 2, older);
  expect(await readKept(2)).toEqual({ text: "from before", shared: "" });
});
