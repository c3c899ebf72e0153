/**
 * A contact who lies: from their device comes what no device of ours would send, under their own keys.
 *
 * | lie            | what is sent                                                                     |
 * | -------------- | -------------------------------------------------------------------------------- |
 * | mine, yours    | an entry of their own log, or of the reader's, well made but for the signature   |
 * | other          | the same in the log of a third one                                               |
 * | fork           | an entry of their own log with a good signature, which others never get          |
 * | probe          | questions for chains that there are not, to see who answers                      |
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { SIGN_SEED_BYTES, signKeyPairOf } from "../../crypto/sign.ts";
import { readSelf, type Self } from "../../sync/account/self.ts";
import { numbered } from "../../sync/channel/channels.ts";
import { encodeMessage } from "../../sync/entry/bodies.ts";
import { decodeEntry, entryIdOf, SALT_BYTES, signEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { maxKnown } from "../../sync/log/known.ts";
import { sendControl } from "../../sync/outbox/control.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import type { LogRow } from "../../sync/store/rows.ts";
import type { WriteTx } from "../../sync/store/store.ts";
import { CANARY, type Person } from "./person.ts";
import type { Lie } from "./plan.ts";
import type { World } from "./world.ts";

const TABLES = ["meta", "channels", "logs", "entries", "devices", "sessions", "outbox"] as const;
const PROBES = 4;
const TAG_BYTES = 16;

type Context = {
  readonly world: World;
  readonly random: Random;
  readonly lie: Lie;
  readonly mine: string;
  readonly theirs: string;
};

export async function lieTo(world: World, who: Person, to: Person, lie: Lie): Promise<void> {
  const { bytes: random } = world.chance(`forged by ${who.name} at ${world.kernel.now()}`);
  const mine = world.witness.accountOf(who.name);
  const theirs = world.witness.accountOf(to.name);
  if (mine === theirs) return;
  const isSent = await who.store
    ?.write(TABLES, (tx) => tell(tx, { world, random, lie, mine, theirs }))
    .catch(() => false);
  if (isSent !== true) return;
  world.happened(lie === "probe" ? "a contact is probed" : "an entry is forged");
  if (lie === "fork") world.happened("a log is forked");
  // Only what the app does wakes the outbox: this was done behind its back.
  await who.use(async (device) => device.network(true));
}

async function tell(tx: WriteTx, context: Context): Promise<boolean> {
  const { world, random, theirs } = context;
  const self = await readSelf(tx);
  const [device] = await tx.range("devices", "account", { lower: theirs, upper: theirs });
  const payload = self && (await payloadOf(tx, context, self));
  if (self === undefined || device === undefined || payload === undefined) return false;
  const at = { nowMs: world.kernel.now(), random, effects: { upkeep: () => undefined } };
  return await sendControl(tx, {
    self,
    device,
    payloads: [payload],
    before: null,
    psk: null,
    ...at,
  });
}

async function payloadOf(
  tx: WriteTx,
  context: Context,
  self: Self,
): Promise<Uint8Array | undefined> {
  const { lie, random } = context;
  if (lie === "probe") {
    return encodePayload("nack", { tags: Array.from({ length: PROBES }, () => random(TAG_BYTES)) });
  }
  const entry = await entryOf(tx, context, self);
  return entry && encodePayload("entries", { entries: [entry] });
}

/** The next entry of a log that both may have, by somebody who mostly lacks its key. */
async function entryOf(
  tx: WriteTx,
  { world, random, lie, mine, theirs }: Context,
  self: Self,
): Promise<Uint8Array | undefined> {
  const channels = await tx.range("channels", "primary", {});
  const shared = channels.filter((it) => it.account === theirs || it.kind === "group");
  const isMeant = ({ c, own, account, known }: LogRow): boolean => {
    if (!shared.some((it) => it.c === c) || maxKnown(known) === 0) return false;
    if (lie === "other") return account !== mine && account !== theirs;
    return lie === "yours" ? account === theirs : own;
  };
  const found = (await tx.range("logs", "primary", {})).findLast(isMeant);
  const log = found && numbered(found, "a");
  const head = log && (await tx.get("entries", [log.c, log.a, maxKnown(log.known)]));
  const last = head && decodeEntry(head.bytes);
  if (log === undefined || head === undefined || last?.ok !== true) return undefined;
  const { core } = last.value;
  const draft = {
    ...core,
    seq: core.seq + 1,
    prev: head.hash,
    hlc: core.hlc + 1,
    kind: KINDS.message.number,
    deps: [],
    floor: head.h,
  };
  const body = encodeMessage({ text: `${CANARY} forged ${toHex(random(4))}` });
  const isFork = lie === "fork";
  const key = isFork ? self.keys.sigSecret : signKeyPairOf(random(SIGN_SEED_BYTES)).secretKey;
  const signed = signEntry(draft, body, random(SALT_BYTES), key);
  // Whoever holds it was not deceived about who signed it.
  const hash = toHex(entryIdOf(signed.entry.coreBytes));
  if (isFork) world.witness.forked(log.log, draft.seq, hash);
  return signed.bytes;
}
