/** A group of three on a device of ours, and the other end of the door to the engine. */
import { act } from "@testing-library/react";
import type { Dexie } from "dexie";

import { channelsOf, contactsOf, logsOf, metaOf, rostersOf } from "../../../../app/db/tables.ts";
import type { Call } from "../../../../app/engine/calls.ts";
import type { MemberRow, RosterRow } from "../../../../sync/group/rows.ts";
import type { Role } from "../../../../sync/roster/may.ts";
import { channel, contact, log, member, openRows, roster, THEM, US } from "../../db/rows.ts";
import type { Shown } from "../../screen.tsx";

export const CAROL = "cc".repeat(32);
const DEVICE = "ff".repeat(16);
export const DAVE = "dd".repeat(32);
/** Number of the group's channel, and of the chat with Bob. */
export const GROUP = 2;
export const BOB_CHAT = 3;

export const membersAs = (own: Role, bob: Role = "member"): readonly MemberRow[] =>
  [member(US, own), member(THEM, bob), member(CAROL)].toSorted(
    (x, y) => RANK[x.role] - RANK[y.role],
  );

const RANK = { owner: 0, admin: 1, member: 2 } as const;

/** Bob is a contact in it, Carol a stranger in it, Dave a contact outside. */
export async function groupDb(
  members: readonly MemberRow[] = membersAs("owner"),
  row: Partial<RosterRow> = {},
): Promise<Dexie> {
  const db = await openRows();
  const self = { account: US, name: "Alice", device: DEVICE, certificate: new Uint8Array() };
  await metaOf(db).add({ k: "self", v: self });
  await contactsOf(db).bulkAdd([
    contact(US, { name: "Alice", state: "self", live: [DEVICE] }),
    contact(THEM, { name: "Bob" }),
    contact(CAROL, { name: "Carol", state: "member" }),
    contact(DAVE, { name: "Dave" }),
  ]);
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US }),
    channel(GROUP, { kind: "group", account: "" }),
    channel(BOB_CHAT),
  ]);
  await logsOf(db).bulkAdd([log(1, { c: GROUP }), log(2, { c: GROUP, account: THEM })]);
  await rostersOf(db).add(roster(GROUP, members, { history: "none", ...row }));
  return db;
}

/** What was asked of `device.groups`, oldest first. */
export const asked = ({ engine }: Shown): readonly (readonly [string, ...Call["args"]])[] =>
  engine.heard.flatMap((it) =>
    it.type === "ask" && it.call.part === "groups" ? [[it.call.method, ...it.call.args]] : [],
  );

/** The engine's answer to the last that was asked. */
export async function answer({ engine }: Shown, value: unknown): Promise<void> {
  const last = engine.heard.findLast((it) => it.type === "ask");
  const id = last?.type === "ask" ? last.id : 0;
  await act(async () => engine.say({ type: "answer", id, answer: value as never }));
}

export const OK = { ok: true, value: undefined };
type Refused = { readonly ok: false; readonly error: object };

export const refused = (error: object): Refused => ({ ok: false, error });
