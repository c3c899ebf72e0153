/**
 * Who this device belongs to, as far as a screen needs to know. [AME1] By the name that any of their
 * devices gave them last.
 */
import { contactsOf, type Db, metaOf } from "./tables.ts";

export type Me = { readonly account: string; readonly name: string };

/** Null before the person has started. */
export async function readMe(db: Db): Promise<Me | null> {
  const row = await metaOf(db).get("self");
  const value = row?.v;
  if (typeof value !== "object" || value === null) return null;
  const { account, name } = value as Readonly<Record<string, unknown>>;
  if (typeof account !== "string" || typeof name !== "string") return null;
  const own = await contactsOf(db).get(account);
  return { account, name: own?.name ?? name };
}
