/**
 * The one table of labels. A label keeps two uses of hash, key derivation or signature apart; a use
 * without a row here does not compile, and a test finds rows that nobody uses.
 *
 *     enc(label, p1 … pn) = u32le(|L|) L u32le(|p1|) p1 … u32le(|pn|) pn,   L = "kith/1/" + label
 *
 * `enc` is injective: two different lists of parts never share an encoding.
 */
import { concat, u32le, utf8, writeU32le } from "./bytes.ts";

export const LABEL_PREFIX = "kith/1/";

/** H hash, K keyed hash, S signature: what the label is used in, then what comes out. */
export const LABELS = {
  // identity
  acct: "H account id",
  "acct-key": "K seed of the account key",
  "acct-state": "H digest of an account's facts",
  card: "S card, by its device",
  cert: "S device certificate, by its issuer",
  "cert/self": "S device certificate, by the device itself",
  dev: "H device id",
  fact: "H id of an account fact",
  revoke: "S device revocation",
  // channels with computed ids
  "acct-chan": "H account channel id",
  chan: "H group channel id",
  dm: "H 1:1 channel id",
  self: "H note-to-self channel id",
  // first contact
  "inv/door": "K secret of an invite by another admin's device, for a link into a group",
  "inv/group": "S what a link into a group leads to, by the device that made it",
  "inv/join": "K proof that a link into a group was used",
  "inv/psk": "K pre-shared key of a handshake",
  "inv/rec": "K key of the rendezvous record",
  "inv/tag": "K rendezvous address",
  prekey: "H prekey id",
  prekeys: "S prekey bundle, by its device",
  // handshake and ratchet
  ad: "H associated data of a session",
  ck: "K first chain key of an epoch",
  hdr: "K key of message headers",
  head: "H mark of a session message's head",
  hk0: "K header key of epoch 0",
  "hs/ad": "H associated data of the prefix",
  "hs/ct": "H mark of a handshake already accepted",
  "hs/extract": "H secret of the whole handshake",
  "hs/hdr": "K key of the prefix",
  "hs/th": "H transcript of the handshake",
  nhk: "K header key of the next epoch",
  root: "K root key",
  step: "K next chain key and message key",
  tag: "K tag under which messages of a chain arrive",
  // sealing
  aead: "K encryption key and commitment",
  // sender chains
  live: "K live key",
  "live/tag": "K tag of live frames",
  mask: "K mask over the message number",
  "slot/hello": "K slot of replaceable digests",
  slot: "K slot of replaceable frames",
  // presence
  presence: "K presence topic",
  "presence/key": "K key of a presence payload",
  "presence/pair": "K key of presence, for who holds a write token",
  // recovery, backup, blobs
  backup: "K age identity of backup files",
  "backup/frame": "S frame of a backup file, by the device that wrote it",
  blob: "K context of a blob's chunk keys",
  "blob/delete": "H stored form of a blob's delete key",
  "blob/owner": "K delete key of a blob, for its owner",
  "blob/salt": "K salt of a blob's chunk keys",
  capsule: "S recovery capsule, by the device that wrote it",
  "rec/kem": "K seed of the recovery capsule's KEM key",
  "rec/key": "K key of one recovery capsule",
  "rec/loc": "K where the recovery capsule lies",
  "rec/put": "K what one relay is shown to take a recovery capsule",
  "rec/same": "H what a recovery capsule says, to tell whether it changed",
  "rec/stored": "H stored form of that",
  "rec/write": "K key to write the recovery capsule",
  // linking a device
  "link/commit": "H hello that a link code promises",
  "link/grant": "K key of a grant",
  "link/hello": "K key of a hello",
  "link/joined": "K word of a device that has joined",
  "link/sas": "H short authentication string",
  "link/tag": "K rendezvous address",
  "link/th": "H transcript of two hellos",
  "link/voucher": "K voucher for the new device's mailbox",
  // entries (sync/)
  body: "H body of an entry",
  cursor: "S cursor frame",
  entry: "S core of an entry",
  digest: "H digest of a copy of a channel",
  "entry-id": "H entry id",
  hello: "S hello frame",
  log: "H log id",
  roster: "H digest of a roster's ops",
  typing: "S typing frame",
  // shared documents (sync/)
  "yjs-client": "H client id of an editor",
  // relay
  env: "H envelope id",
  mailbox: "H mailbox id",
  "relay/auth": "S proof of owning a mailbox",
  "relay/http": "S signed HTTP request",
  "relay/http-body": "H body of a signed HTTP request",
  "relay/pow": "H proof of work",
  token: "H stored form of a write token",
} as const;

export type Label = keyof typeof LABELS;

const HEADS: ReadonlyMap<string, Uint8Array> = new Map(
  Object.keys(LABELS).map((label) => {
    const name = utf8(LABEL_PREFIX + label);
    return [label, concat(u32le(name.length), name)];
  }),
);

/** `enc` of the header comment. */
export function encodeLabelled(label: Label, ...parts: readonly Uint8Array[]): Uint8Array {
  const head = HEADS.get(label) ?? new Uint8Array(0);
  let length = head.length;
  for (const part of parts) length += 4 + part.length;
  const encoded = new Uint8Array(length);
  encoded.set(head);
  let at = head.length;
  for (const part of parts) {
    writeU32le(encoded, at, part.length);
    encoded.set(part, at + 4);
    at += 4 + part.length;
  }
  return encoded;
}
