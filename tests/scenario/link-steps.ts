/** What people do who link two devices, and what they see of it. */
import { expect } from "vitest";

import { toBase64url } from "../../crypto/base/base64url.ts";
import { type LinkCode, linkTagsOf, parseLink } from "../../crypto/link/code.ts";
import type { LinkProgress } from "../../sync/link/progress.ts";
import type { Person } from "./person.ts";
import { SECOND_MS, world, type World } from "./world.ts";

type Progress<T extends LinkProgress["type"]> = Extract<LinkProgress, { readonly type: T }>;

export function at<T extends LinkProgress["type"]>(who: Person, type: T): Progress<T> {
  const progress = who.status?.linking;
  expect(progress).toMatchObject({ type });
  return progress as Progress<T>;
}

export const failure = (who: Person): string => at(who, "failed").why.type;

export type Pair = World<"phone" | "laptop">;

/** A phone with an account, and a laptop that has only opened the app. */
export const pair = (): Promise<Pair> => world(["phone", "laptop"], { newcomers: ["laptop"] });

export async function show({ outcome }: Pick<Pair, "outcome">, who: Person): Promise<string> {
  expect(await outcome(who.device.linking.show("Firefox"))).toEqual({ ok: true, value: undefined });
  return at(who, "shown").link;
}

export async function use(
  { outcome }: Pick<Pair, "outcome">,
  who: Person,
  link: string,
): Promise<string | null> {
  const used = await outcome(who.device.linking.use(link, "Firefox"));
  return used.ok ? null : used.error.type;
}

/** Up to the pictures. */
export async function meet(them: Pair, shower: Person, scanner: Person): Promise<void> {
  expect(await use(them, scanner, await show(them, shower))).toBeNull();
  await them.pass(3 * SECOND_MS);
}

export async function linkUp(them: Pair, shower: Person, scanner: Person): Promise<void> {
  await meet(them, shower, scanner);
  them.phone.device.linking.confirm();
  await them.pass(4 * SECOND_MS);
}

export const recordsAt = (relay: Pair["relay"]): number =>
  relay.asked.filter((it) => it.startsWith("/v1/invites/")).length;

/** Does anything lie at an address of the code? */
export async function liesAt({ relay }: Pair, code: LinkCode): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name, tag] of Object.entries(linkTagsOf(code))) {
    const url = `${relay.url}/v1/invites/${toBase64url(tag)}`;
    const answer = await relay.door?.fetch(new Request(url));
    if (answer?.status === 200) found.push(name);
  }
  return found;
}

export function codeOf(text: string): LinkCode {
  const code = parseLink(text);
  if (!code.ok) throw new Error("a link of ours");
  return code.value;
}

export const hasNothing = async (who: Person): Promise<void> => {
  for (const table of ["contacts", "channels", "devices", "tokens", "prekeys"] as const) {
    expect({ table, rows: await who.rows(table) }).toEqual({ table, rows: [] });
  }
  expect((await who.rows("meta")).map((it) => it.k)).not.toContain("self");
};

/** Any two: `by` is of the account, `whom` is not of any. */
export async function linkTwo(
  them: Pick<Pair, "outcome" | "pass">,
  by: Person,
  whom: Person,
): Promise<void> {
  expect(await use(them, whom, await show(them, by))).toBeNull();
  await them.pass(3 * SECOND_MS);
  by.device.linking.confirm();
  await them.pass(4 * SECOND_MS);
  at(whom, "linked");
}
