/**
 * Unsent texts, by chat. They survive reloads, so they lie on disk, sealed under the key that wraps
 * the vault key (docs/decisions/0046-drafts-in-the-key-store.md): never readable at rest, and never
 * in the way of the engine, which alone writes the device's database.
 *
 * [ADR1] What was saved last is what comes back. [ADR2] At rest there is no readable text. [ADR3] A
 * draft that cannot be opened is no draft. [ADR4] Every tab is told which chat's draft changed; the text itself
 * travels over the disk alone.
 */
import { fromUtf8, utf8 } from "../../crypto/base/bytes.ts";
import { keyStore } from "./key-store.ts";
import { openUnder, readWrappedKey, sealUnder } from "./vault-key.ts";

/** Says the number of a chat whose draft changed on disk. */
const CHANGES = "kith-drafts";
/** Of so many chats are drafts looked for; each is a row of its own, and nobody writes in more. */
const DRAFTS_MAX = 500;

const associatedOf = (c: number): Uint8Array => utf8(`kith/1/draft/${c}`);

/** Empty when there is none. */
export async function readDraft(c: number): Promise<string> {
  try {
    const key = await readWrappedKey();
    const sealed = key === null ? undefined : await keyStore.read("drafts", c);
    if (key === null || !(sealed instanceof Uint8Array)) return "";
    const plain = await openUnder(key.wrapper, associatedOf(c), sealed);
    const text = plain === null ? null : fromUtf8(plain);
    return text?.ok === true ? text.value : "";
  } catch {
    return "";
  }
}

/** An empty text removes the draft. Losing one to a full disk is no reason to disturb anybody. */
export async function writeDraft(c: number, text: string): Promise<void> {
  try {
    const key = text === "" ? null : await readWrappedKey();
    if (key === null) await keyStore.remove("drafts", c);
    else
      await keyStore.write("drafts", c, await sealUnder(key.wrapper, associatedOf(c), utf8(text)));
    tellChanged(c);
  } catch {
    // The text is still in the composer.
  }
}

let changes: BroadcastChannel | undefined;

function tellChanged(c: number): void {
  changes ??= new BroadcastChannel(CHANGES);
  changes.postMessage(c);
}

/** Calls back for each chat that has a draft, and again whenever one changes in any tab. */
export function followDrafts(changed: (c: number) => void): () => void {
  // Not the channel that tells: what that one says it does not hear.
  const channel = new BroadcastChannel(CHANGES);
  channel.addEventListener("message", ({ data }: MessageEvent<number>) => changed(data));
  const findAll = async (): Promise<void> => {
    try {
      for (const c of await keyStore.keys("drafts", DRAFTS_MAX)) {
        if (typeof c === "number") changed(c);
      }
    } catch {
      // No storage, no drafts.
    }
  };
  void findAll();
  return () => channel.close();
}
