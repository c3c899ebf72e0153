/** What people are called. */
import type { ContactRow } from "../../sync/store/rows.ts";
import type { Chat } from "./chats.ts";
import { contactsOf, type Db } from "./tables.ts";

/** Names by account (hex). */
export type People = ReadonlyMap<string, string>;

/** Rows are frozen, and the same while nothing in them changes: hundreds are not cleaned at each look. */
const names = new WeakMap<ContactRow, string>();

export const peopleOf = (contacts: readonly ContactRow[]): People =>
  new Map(contacts.map((contact) => [contact.account, nameFrom(contact)]));

function nameFrom(contact: ContactRow): string {
  const known = names.get(contact) ?? cleanName(contact.name);
  names.set(contact, known);
  return known;
}

/** In a group everybody who is known: it may speak of anybody. */
export async function readPeople(db: Db, chat: Pick<Chat, "kind" | "account">): Promise<People> {
  if (chat.kind === "group") return peopleOf(await contactsOf(db).toArray());
  const contact = await contactsOf(db).get(chat.account);
  return peopleOf(contact === undefined ? [] : [contact]);
}

const UNKNOWN = "?";

/** Somebody of whom nothing is here yet has no name either. */
export const nameIn = (people: People, account: string): string => people.get(account) ?? UNKNOWN;

/**
 * A name comes from its bearer: [APE1] controls, bidi overrides and blank look-alikes are taken
 * out, so that it cannot reorder or hide what stands beside it.
 */
export function cleanName(name: string): string {
  const clean = name
    .replaceAll(
      /(?![\u200C\u200D\s])[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]/gu,
      "",
    )
    .replaceAll(/\s+/gu, " ")
    .trim();
  return /[^\u200C\u200D\s]/u.test(clean) ? clean : UNKNOWN;
}

/** For looking somebody up: case and accents do not matter. */
export const foldedName = (text: string): string =>
  text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLocaleLowerCase();
