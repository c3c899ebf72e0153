/** What this browser must have before anything else is tried, and small abilities it may have. */

/** Null: everything is there. Else the name of what is missing, as a person could search for it. */
export function missingCapability(): string | null {
  const needed: readonly (readonly [name: string, there: boolean])[] = [
    ["IndexedDB", "indexedDB" in globalThis],
    ["WebAssembly", "WebAssembly" in globalThis],
    ["Web Locks", "locks" in navigator],
    ["Web Crypto", "subtle" in crypto],
    ["Web Workers", "Worker" in globalThis],
    ["BroadcastChannel", "BroadcastChannel" in globalThis],
    ["WebSocket", "WebSocket" in globalThis],
  ];
  return needed.find(([, there]) => !there)?.[0] ?? null;
}

/** Pages over plain http get no cryptography from browsers, but for localhost. */
export const isSecure = (): boolean => globalThis.isSecureContext;

/** A finger rather than a mouse: Enter makes a new line there, and nothing takes the focus unasked. */
export const isCoarsePointer = (): boolean => matchMedia("(pointer: coarse)").matches;

export const canShare = (): boolean => typeof navigator.share === "function";

/** False when the person closed the sheet or the system refused: nothing to tell them. */
export async function share(link: string, text: string): Promise<boolean> {
  try {
    await navigator.share({ url: link, text });
    return true;
  } catch {
    return false;
  }
}

/** False where the clipboard is closed to us. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
