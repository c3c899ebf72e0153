/** What an update of Yjs contains, for whoever must judge it before it is applied. */
import * as Y from "yjs";

/** Client ids whose operations it carries; undefined: Yjs cannot read it. Deletions name no author. */
export function clientsOf(update: Uint8Array): ReadonlySet<number> | undefined {
  try {
    return new Set(Y.decodeUpdate(update).structs.map(({ id }) => id.client));
  } catch {
    return undefined;
  }
}

/** False: Yjs could not apply it, and the document is as it was, or as far as it got. */
export function applied(doc: Y.Doc, update: Uint8Array, origin: unknown): boolean {
  try {
    Y.applyUpdate(doc, update, origin);
    return true;
  } catch {
    return false;
  }
}
