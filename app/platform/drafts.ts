/**
 * Unsent texts, by chat. They survive reloads, so they lie on disk, sealed under the key that wraps
 * the vault key (docs/decisions/0046-drafts-in-the-key-store.md): never readable at rest, and never
 * in the way of the engine, which alone writes the device's database.
 *
 * [ADR1] What was saved last is what comes back. [ADR2] At rest there is no readable text. [ADR3] A
 * draft that cannot be opened is no draft. [ADR4] Every tab is told which chat's draft changed; the text itself
 * travels over the disk alone. [ADR5] Beside it stands what the person's devices had in common when it was
 * typed (app/rooms/drafts-room.ts): a draft that was taken back stays known until they all know.
 *
 *     1 | JSON [text, shared]     before that: the text alone
 */
import { concat, fromUtf8, utf8 } from "../../crypto/base/bytes.ts";
import { keyStore } from "./key-store.ts";
import { openUnder, readWrappedKey, sealUnder } from "./vault-key.ts";

/** Says the number of a chat whose draft changed on disk. */
const CHANGES = "kith-drafts";
/** Of so many chats are drafts looked for; each is a row of its own, and nobody writes in more. */
const DRAFTS_MAX = 500;
/** No text that anybody types begins with it. */
const VERSION = 1;

const associatedOf = (c: number): Uint8Array => utf8(`kith/1/draft/${c}`);

/** `shared`: what the shared document is known to say; empty when nothing is shared. */
export type KeptDraft = { readonly text: string; readonly shared: string };
const NOTHING: KeptDraft = { text: "", shared: "" };

/** Empty when there is none. */
export const readDraft = async (c: number): Promise<string> => (await readKept(c)).text;

export async function readKept(c: number): Promise<KeptDraft> {
  try {
    const key = await readWrappedKey();
    const sealed = key === null ? undefined : await keyStore.read("drafts", c);
    if (key === null || !(sealed instanceof Uint8Array)) return NOTHING;
    const plain = await openUnder(key.wrapper, associatedOf(c), sealed);
    return plain === null ? NOTHING : parseKept(plain);
  } catch {
    return NOTHING;
  }
}

function parseKept(plain: Uint8Array): KeptDraft {
  const isPlain = plain[0] !== VERSION;
  const words = fromUtf8(isPlain ? plain : plain.subarray(1));
  if (!words.ok) return NOTHING;
  if (isPlain) return { text: words.value, shared: "" };
  const [text, shared] = JSON.parse(words.value) as readonly unknown[];
  return typeof text === "string" && typeof shared === "string" ? { text, shared } : NOTHING;
}

/** One after the other: each takes over the half of the row that it does not change. */
let writing: Promise<void> = Promise.resolve();

/** An empty text removes the draft. Losing one to a full disk is no reason to disturb anybody. */
export const writeDraft = (c: number, text: string): Promise<void> => change(c, { text });

/** The shared document says this, on disk. */
export const noteShared = (c: number, shared: string): Promise<void> => change(c, { shared });

function change(c: number, to: Partial<KeptDraft>): Promise<void> {
  writing = writing.then(() => write(c, to));
  return writing;
}

async function write(c: number, to: Partial<KeptDraft>): Promise<void> {
  try {
    const before = await readKept(c);
    const { text, shared } = { ...before, ...to };
    if (text === before.text && shared === before.shared && text !== "") return;
    const key = text === "" && shared === "" ? null : await readWrappedKey();
    if (key === null) await keyStore.remove("drafts", c);
    else {
      const plain = concat(Uint8Array.of(VERSION), utf8(JSON.stringify([text, shared])));
      await keyStore.write("drafts", c, await sealUnder(key.wrapper, associatedOf(c), plain));
    }
    if (text !== before.text) tellChanged(c);
  } catch {
    // The text is still in the composer.
  }
}

/** Chats of which something is kept. */
export async function draftedChats(): Promise<readonly number[]> {
  try {
    const keys = await keyStore.keys("drafts", DRAFTS_MAX);
    return keys.filter((c) => typeof c === "number");
  } catch {
    // No storage, no drafts.
    return [];
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
    for (const c of await draftedChats()) changed(c);
  };
  void findAll();
  return () => channel.close();
}
