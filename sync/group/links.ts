/**
 * Links into a group: a row for each, worked out from the entries that speak of links and from the
 * roster, so that all devices answer alike. docs/protocol/groups.md, [GL1] to [GL6].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { isRelayUrl } from "../../crypto/identity/relay-url.ts";
import { inviteLinkOf, parseInviteLink } from "../../crypto/invite/link.ts";
import { inviteTagOf } from "../../crypto/invite/record.ts";
import { bytesOf } from "../channel/channels.ts";
import { entryOf } from "../channel/thread-rows.ts";
import { msOf } from "../clock/hlc.ts";
import { decodeBody } from "../entry/bodies.ts";
import { KINDS } from "../entry/kinds.ts";
import type { LinkBody, MadeLink } from "../entry/link-body.ts";
import { isOlderThanRemoval } from "../roster/judge.ts";
import { rankOf } from "../roster/may.ts";
import type { Roster } from "../roster/resolve.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { rosterOf, rosterRowOf } from "./rosters.ts";
import type { EntryPlace, GroupLinkRow } from "./rows.ts";

/** Entries about links that count and are heeded in a group; later ones change nothing. */
export const LINK_ENTRIES_MAX = 1_000;
/** Links that are kept as rows; those that work come first. */
const LINK_ROWS_MAX = 64;
/** Of one link so many people are remembered as refused. */
export const REFUSED_MAX = 500;

export const isLink = ({ kind }: Pick<EntryRow, "kind">): boolean => kind === KINDS.link.number;

/** Does it lead in, at this time? */
export const isLive = (link: GroupLinkRow, nowMs: number): boolean =>
  link.over === undefined && link.expiresAtMs > nowMs;

/** The 32 bytes that make the link. */
export function secretOf({ fragment }: GroupLinkRow): Uint8Array | undefined {
  const parsed = parseInviteLink(fragment);
  return parsed.ok ? parsed.value.secret : undefined;
}

export const linkOf = async (tx: ReadTx, c: number, tag: Hex): Promise<GroupLinkRow | undefined> =>
  (await tx.get("rosters", c))?.links?.find((it) => it.tag === tag);

/** What an entry says of a link: `endsAtMs` Infinity when it does not make it. Undefined: nothing sound. */
export function linkWordIn(
  row: EntryRow,
): { readonly tag: Hex; readonly endsAtMs: number } | undefined {
  const bytes = entryOf(row).body;
  const body = bytes === null ? undefined : decodeBody(row.kind, bytes);
  if (body?.ok !== true || body.value.type !== "link") return undefined;
  const { tag, made } = body.value;
  return { tag: toHex(tag), endsAtMs: made === null ? Infinity : made.expiresAtS * 1_000 };
}

type Word = { readonly row: EntryRow; readonly by: Hex; readonly body: LinkBody };

/** What was said of links and counts, in the order of the conversation. */
async function wordsOf(tx: ReadTx, c: number): Promise<readonly Word[]> {
  const words: Word[] = [];
  for (const [a, s] of (await rosterRowOf(tx, c)).linkEntries ?? []) {
    const row = await tx.get("entries", [c, a, s]);
    const log = row === undefined ? undefined : await tx.get("logs", a);
    const bytes = row === undefined ? null : entryOf(row).body;
    if (row === undefined || log === undefined || bytes === null) continue;
    const body = decodeBody(row.kind, bytes);
    if (row.counts !== undefined || !body.ok || body.value.type !== "link") continue;
    words.push({ row, by: log.account, body: body.value });
  }
  return words.toSorted((x, y) => x.row.h - y.row.h || x.row.b - y.row.b || x.row.s - y.row.s);
}

/** The rows of the group's links, written anew. */
export async function workOutLinks(tx: WriteTx, c: number): Promise<void> {
  const row = await rosterRowOf(tx, c);
  if ((row.linkEntries ?? []).length === 0) return;
  const links = linksFrom(await wordsOf(tx, c), await rosterOf(tx, c));
  await tx.put("rosters", { ...row, links });
}

function linksFrom(words: readonly Word[], roster: Roster): readonly GroupLinkRow[] {
  const withdrawn = new Set<Hex>();
  const refused = new Map<Hex, Set<Hex>>();
  for (const { body } of words) {
    const tag = toHex(body.tag);
    if (body.made !== null) continue;
    if (body.refused === null) withdrawn.add(tag);
    else {
      const those = refused.get(tag) ?? new Set();
      if (those.size < REFUSED_MAX) refused.set(tag, those.add(toHex(body.refused)));
    }
  }
  const used = usesIn(roster);
  const rows = new Map<Hex, GroupLinkRow>();
  for (const { row, by, body } of words) {
    const tag = toHex(body.tag);
    const fragment = body.made === null ? undefined : fragmentOf(by, body.made, tag);
    // Of two that say to make it, the first.
    if (body.made === null || fragment === undefined || rows.has(tag)) continue;
    const { uses, expiresAtS, approval } = body.made;
    const count = used.get(tag)?.size ?? 0;
    const role = roster.members.get(by)?.role ?? "member";
    const isOver = withdrawn.has(tag) || count >= (uses ?? Infinity) || rankOf(role) < ADMIN_RANK;
    const why = withdrawn.has(tag) ? "withdrawn" : count >= (uses ?? Infinity) ? "used" : "maker";
    const auth = entryOf(row).core.auth.map((it) => toHex(it));
    rows.set(tag, {
      tag,
      fragment,
      by,
      madeAtMs: msOf(row.h),
      expiresAtMs: expiresAtS * 1_000,
      uses,
      used: count,
      approval: approval || isOlderThanRemoval(roster, auth),
      ...(isOver && { over: why }),
      refused: [...(refused.get(tag) ?? [])],
    });
  }
  const isOver = (it: GroupLinkRow): number => Number(it.over !== undefined);
  return [...rows.values()]
    .toSorted((x, y) => isOver(x) - isOver(y) || y.madeAtMs - x.madeAtMs)
    .slice(0, LINK_ROWS_MAX);
}

const ADMIN_RANK = rankOf("admin");

/** Undefined: it does not say what it claims. */
function fragmentOf(
  by: Hex,
  { secret, expiresAtS, relayUrl }: MadeLink,
  tag: Hex,
): string | undefined {
  if (!isRelayUrl(relayUrl) || toHex(inviteTagOf(secret)) !== tag) return undefined;
  const invite = { leadsTo: "group", account: bytesOf(by), secret, expiresAtS, relayUrl } as const;
  return inviteLinkOf("", invite).slice(1);
}

/** By tag: whom each link brought in. */
function usesIn({ ledger: { graph, effects } }: Roster): ReadonlyMap<Hex, ReadonlySet<Hex>> {
  const used = new Map<Hex, Set<Hex>>();
  for (const [place, { act }] of graph.ops.entries()) {
    if (act.type !== "add" || act.invite === null || effects[place] !== "enter") continue;
    used.set(act.invite, (used.get(act.invite) ?? new Set()).add(act.account));
  }
  return used;
}

/** Entries that newcomers are told, so that they know the links when they are admins: of those that work. */
export async function liveLinkPlaces(tx: ReadTx, c: number): Promise<readonly EntryPlace[]> {
  const links = (await tx.get("rosters", c))?.links ?? [];
  const live = new Set(links.flatMap((it) => (it.over === undefined ? [it.tag] : [])));
  if (live.size === 0) return [];
  const words = (await wordsOf(tx, c)).filter(({ body }) => live.has(toHex(body.tag)));
  return words.slice(-LINK_ROWS_MAX).map(({ row: { a, s } }) => [a, s] as const);
}
