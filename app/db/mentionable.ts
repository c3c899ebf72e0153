/** Who can be named in a chat: the others in it. */
import { cleanName } from "./people.ts";
import { channelsOf, contactsOf, type Db, rostersOf } from "./tables.ts";

export type Mentionable = { readonly account: string; readonly name: string };

/** `self`: our account. In the order of the group, or the one other. */
export async function readMentionable(
  db: Db,
  c: number,
  self: string,
): Promise<readonly Mentionable[]> {
  const channel = await channelsOf(db).get(c);
  if (channel === undefined || channel.kind === "self") return [];
  const members =
    channel.kind === "group" ? ((await rostersOf(db).get(c))?.members ?? []) : [channel];
  const accounts = members.map(({ account }) => account).filter((it) => it !== self);
  const contacts = await contactsOf(db).bulkGet(accounts);
  return accounts.flatMap((account, i) => {
    const contact = contacts[i];
    return contact === undefined ? [] : [{ account, name: cleanName(contact.name) }];
  });
}
