/**
 * Who the members of a group are, beyond their account ids: key, devices, where they are reached, a
 * name. It comes from other members, and proves itself. docs/protocol/groups.md, [GP6] to [GP8].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import {
  encodeIntroduction,
  type Introduction,
  openIntroduction,
} from "../../crypto/identity/introduction.ts";
import type { Self } from "../account/self.ts";
import { introductionOf, PRESENCE_KEY_BYTES } from "../contact/contacts.ts";
import { putCard, takeFacts } from "../contact/devices.ts";
import { cleanName } from "../payload/name.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { ContactRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** What we know of somebody, for others of the group; undefined: nothing. */
export async function introductionFor(
  tx: ReadTx,
  self: Self,
  account: Hex,
): Promise<Uint8Array | undefined> {
  // Our cards go with our chains: there they have the right token.
  if (account === self.account) return encodeIntroduction(await introductionOf(tx, self, []));
  const contact = await tx.get("contacts", account);
  if (contact === undefined) return undefined;
  const devices = await tx.range("devices", "account", { lower: account, upper: account });
  return encodeIntroduction({
    accountKey: contact.accountKey,
    name: contact.name,
    facts: contact.facts,
    cards: devices.flatMap(({ device, card }) =>
      card !== null && contact.live.includes(device) ? [card] : [],
    ),
  });
}

/**
 * Takes what another member tells about `account`. Of contacts nothing but facts is news: they tell us
 * themselves where they are, as long as they are there. True when there are devices that were not known before.
 */
export async function takeIntroduction(
  tx: WriteTx,
  context: OpenContext,
  account: Hex,
  bytes: Uint8Array,
): Promise<boolean> {
  const opened = openIntroduction(bytes);
  if (!opened.ok) {
    context.effects.dropped(opened.error.type);
    return false;
  }
  if (toHex(opened.value.account) !== account || account === context.self.account) return false;
  return learnMember(tx, context, opened.value);
}

async function learnMember(
  tx: WriteTx,
  context: OpenContext,
  { accountKey, name, facts, weighed, devices, account: id }: Introduction,
): Promise<boolean> {
  const account = toHex(id);
  const held = await tx.get("contacts", account);
  if (held === undefined && !(await hasRoomForStranger(tx))) {
    context.effects.dropped("too many strangers");
    return false;
  }
  // Each account's facts are counted for itself: whoever brings many people brings many facts.
  const taken = await takeFacts(tx, accountKey, held, facts, account, weighed);
  const { said, refused } = taken;
  for (const { type } of refused) context.effects.dropped(`facts ${type}`);
  const known = held ?? strangerOf(context, account, accountKey, name);
  await tx.put("contacts", { ...known, ...said });
  const fresh = said.live.filter((it) => held?.live.includes(it) !== true);
  for (const device of fresh) await greetLater(tx, device, account);
  const isToldByThem = known.state === "accepted" || known.state === "blocked";
  for (const { card } of devices) {
    const device = toHex(card.device);
    const isDue = said.live.includes(device) && (!isToldByThem || (await isLost(tx, device)));
    if (isDue) await putCard(tx, card, context.nowMs);
  }
  return fresh.length > 0;
}

/** It is not where its card says, or nobody has told where it is. */
async function isLost(tx: WriteTx, id: Hex): Promise<boolean> {
  const device = await tx.get("devices", id);
  return device !== undefined && (device.card === null || device.deniedAtMs !== undefined);
}

/** Somebody of whom we know nothing but that we share, or want to share, a group. */
export const strangerOf = (
  { nowMs, random }: Pick<OpenContext, "nowMs" | "random">,
  account: Hex,
  accountKey: Uint8Array,
  typed: string,
): ContactRow => {
  const name = cleanName(typed);
  return {
    account,
    accountKey,
    name: name.ok ? name.value : "?",
    state: "member",
    facts: [],
    live: [],
    presenceOut: random(PRESENCE_KEY_BYTES),
    presenceIn: null,
    token: "",
    addedAtMs: nowMs,
    lastSeenMs: 0,
  };
};

/** It may never have heard of us: our first word to it says who we are. */
async function greetLater(tx: WriteTx, id: Hex, account: Hex): Promise<void> {
  const device = await tx.get("devices", id);
  const isNew = device !== undefined && device.account === account && device.cardCounter === 0;
  if (isNew) await tx.put("devices", { ...device, knowsUs: false });
}

/** Accounts cost nothing: of who is no contact no more are told apart than many large groups have. */
const KNOWN_ACCOUNTS_MAX = 20_000;

const hasRoomForStranger = async (tx: ReadTx): Promise<boolean> =>
  (await tx.count("contacts", "primary", {})) < KNOWN_ACCOUNTS_MAX;

/**
 * A member of whom nothing but a log is known: what its first entry proves is enough to read it. False when
 * too many strangers are known.
 */
export async function learnWriter(
  tx: WriteTx,
  context: OpenContext,
  accountKey: Uint8Array,
  facts: readonly Uint8Array[],
  account: Hex,
): Promise<boolean> {
  const held = await tx.get("contacts", account);
  if (held !== undefined) return true;
  if (!(await hasRoomForStranger(tx))) return false;
  const { said } = await takeFacts(tx, accountKey, held, facts, account);
  await tx.put("contacts", { ...strangerOf(context, account, accountKey, "?"), ...said });
  for (const device of said.live) await greetLater(tx, device, account);
  return true;
}
