/** What somebody can do who has a device's keys and does not keep to the protocol. */
import { fromHex } from "../../crypto/base/hex.ts";
import { sealLive, slotOf } from "../../crypto/chain/live.ts";
import { sealChain } from "../../crypto/chain/sender-chain.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import { readSelf, type Self } from "../../sync/account/self.ts";
import { cardOf } from "../../sync/contact/contacts.ts";
import { encodeMessage } from "../../sync/entry/bodies.ts";
import { type Draft, signEntry } from "../../sync/entry/entry.ts";
import { decodeEntry, type Entry } from "../../sync/entry/entry.ts";
import { sendControl } from "../../sync/outbox/control.ts";
import { signCursor, type CursorContent } from "../../sync/payload/cursor.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { signTyping } from "../../sync/payload/typing.ts";
import { openLink } from "../../sync/session/link.ts";
import type { OwnChainRow } from "../../sync/store/ratchet-rows.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import { idOf } from "../../sync/wire/ids.ts";
import type { Person } from "./person.ts";
import { SECOND_MS, type World } from "./world.ts";

const SALT = new Uint8Array(16).fill(5);
let count = 0;
const random = (length: number): Uint8Array => {
  count += 1;
  return Uint8Array.from({ length }, (_, i) => (i * 31 + count * 17) & 0xff);
};

const bytes = (hex: string): Uint8Array => {
  const decoded = fromHex(hex);
  if (!decoded.ok) throw new Error("hex");
  return decoded.value;
};

export async function selfOf(person: Person): Promise<Self> {
  const self = await person.change(readSelf);
  if (self === undefined) throw new Error("no account");
  return self;
}

async function chainOf(author: Person, reader: Person): Promise<OwnChainRow> {
  const c = await author.chatWith(reader);
  const chain = (await author.rows("ownChains")).find((it) => it.c === c);
  if (chain === undefined) throw new Error("no chain");
  return chain;
}

/** A body under `author`'s chain, which moves on as if their device had sealed it. */
export async function underChain(
  author: Person,
  reader: Person,
  payload: Uint8Array,
): Promise<Uint8Array> {
  const chain = await chainOf(author, reader);
  const sealed = sealChain(chain.state, payload, random);
  await author.change((tx) => tx.put("ownChains", { ...chain, state: sealed.chain }));
  return envelopeOf(sealed.message);
}

export async function underLiveKey(
  author: Person,
  reader: Person,
  payload: Uint8Array,
): Promise<Uint8Array> {
  const { state } = await chainOf(author, reader);
  return envelopeOf(sealLive(state, payload, random));
}

/** An entry of `author`'s log, signed by `signer`, otherwise as `like` is: the newest when left out. */
export async function entryOf(
  author: Person,
  reader: Person,
  text: string,
  change: Partial<Draft> = {},
  signer: Person = author,
): Promise<Uint8Array> {
  const like = await newestOf(author, reader);
  const { core } = like.entry;
  const draft: Draft = {
    channel: core.channel,
    log: core.log,
    seq: core.seq + 1,
    prev: like.row.hash,
    hlc: core.hlc + 1,
    kind: core.kind,
    deps: core.deps,
    auth: [],
    floor: like.row.h,
    expire: null,
    ...change,
  };
  const self = await selfOf(signer);
  return signEntry(draft, encodeMessage({ text }), SALT, self.keys.sigSecret).bytes;
}

export async function newestOf(
  author: Person,
  reader: Person,
): Promise<{ readonly row: EntryRow; readonly entry: Entry }> {
  const log = await author.log(reader);
  const row = (await author.rows("entries")).findLast((it) => it.a === log.a);
  const entry = row === undefined ? undefined : decodeEntry(row.bytes);
  if (row === undefined || entry?.ok !== true) throw new Error("no entry");
  return { row, entry: entry.value };
}

/** A cursor of `author` for `reader`, sealed under the author's live key and signed by `signer`. */
export async function cursorOf(
  author: Person,
  reader: Person,
  content: Pick<CursorContent, "counter" | "delivered" | "read"> & Partial<CursorContent>,
  signer: Person = author,
): Promise<Uint8Array> {
  const { state } = await chainOf(author, reader);
  const { device } = await selfOf(author);
  const whole = { channel: state.channel, device: bytes(device), ...content };
  const cursor = signCursor(whole, (await selfOf(signer)).keys.sigSecret);
  return underLiveKey(author, reader, encodePayload("cursor", cursor));
}

export async function typingOf(
  author: Person,
  reader: Person,
  atMs: number,
  signer: Person = author,
): Promise<Uint8Array> {
  const { state } = await chainOf(author, reader);
  const { device } = await selfOf(author);
  const content = { channel: state.channel, device: bytes(device), atMs };
  const typing = signTyping(content, (await selfOf(signer)).keys.sigSecret);
  return underLiveKey(author, reader, encodePayload("typing", typing));
}

/** Puts a body into `reader`'s mailbox by the token that `author` has. The relay's answer. */
export async function post(
  world: Pick<World<never>, "outcome" | "pass">,
  author: Person,
  reader: Person,
  body: Uint8Array,
  how: { readonly isEphemeral?: boolean; readonly slot?: boolean } = {},
): Promise<string> {
  const account = await reader.account();
  const device = (await author.rows("devices")).find((it) => it.account === account);
  const relay = device === undefined ? undefined : cardOf(device)?.relays[0];
  if (relay === undefined) throw new Error("no card");
  const link = openLink({
    url: relay.url,
    relayId: idOf("RelayId", relay.relayId),
    owner: null,
    transport: author.transport,
    timers: author.timers,
    random,
    events: {},
  });
  const slot = how.slot === true ? slotOf((await chainOf(author, reader)).state.liveKey) : null;
  const put = link.put({
    envelope: idOf("EnvelopeId", envelopeIdOf(body)),
    isEphemeral: how.isEphemeral ?? false,
    isUrgent: false,
    slot: slot === null ? null : idOf("SlotId", slot),
    ttlSeconds: 0,
    targets: [{ mailbox: idOf("MailboxId", relay.mailbox), token: idOf("Token", relay.token) }],
    body,
  });
  const answer = await world.outcome(put);
  link.close();
  await world.pass(SECOND_MS);
  return answer.ok ? (answer.value[0]?.status ?? "") : answer.error.type;
}

/** Has `author`'s device say this over its session with `reader`; each of `messages` by itself. */
export async function overSession(
  author: Person,
  reader: Person,
  messages: readonly (readonly Uint8Array[])[],
): Promise<void> {
  const self = await selfOf(author);
  const account = await reader.account();
  await author.change(async (tx) => {
    const [device] = await tx.range("devices", "account", { lower: account, upper: account });
    if (device === undefined) throw new Error("no device");
    const nowMs = author.timers.now();
    const effects = { upkeep: () => undefined };
    for (const payloads of messages) {
      const told = { payloads, before: null, psk: null };
      await sendControl(tx, { self, device, nowMs, random, effects, ...told });
    }
  });
  author.device.network(true);
}
