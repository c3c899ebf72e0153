/** Asks the browser not to evict our database. It decides by its own rules, some ask the person. */

const absent = (): boolean => !("storage" in navigator) || !("persist" in navigator.storage);

export async function isPersisted(): Promise<boolean> {
  if (absent()) return false;
  try {
    return await navigator.storage.persisted();
  } catch {
    return false;
  }
}

let asked = false;

/** Once a visit: Firefox asks the person, and once is enough. */
export function persistOnce(): void {
  if (asked) return;
  asked = true;
  void isPersisted().then(async (kept) => kept || (await persist()));
}

/** Answers whether the data is kept from now on. */
export async function persist(): Promise<boolean> {
  if (absent()) return false;
  try {
    return await navigator.storage.persist();
  } catch {
    return false;
  }
}
