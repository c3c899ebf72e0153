/**
 * Writing: one transaction makes the entry (next in our log, signed), its place in time, and the
 * outbox row that will carry it. Nothing is sealed here; that happens when it is sent.
 * docs/protocol/sync.md, rules [AP1] to [AP6].
 */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import type { Random } from "../../crypto/base/random.ts";
import { decodeCertificate, type DeviceCertificate } from "../../crypto/identity/certificate.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import type { Self } from "../account/self.ts";
import { floorOf, hEffOf, msOf, nextHlc } from "../clock/hlc.ts";
import { ownContact } from "../contact/contacts.ts";
import { CERTIFICATE_CHAIN_MAX, encodeLogOpen, encodeMessage } from "../entry/bodies.ts";
import { type Dep, DEPS_MAX, depOf, entryIdOf, SALT_BYTES, signEntry } from "../entry/entry.ts";
import { isShown, KINDS } from "../entry/kinds.ts";
import { publicIdOf } from "../entry/public-id.ts";
import { addKnown, maxKnown } from "../log/known.ts";
import { tieOf } from "../log/order.ts";
import { pendingTargets } from "../outbox/targets.ts";
import type { EntryRow, Target } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { bytesOf, type Channel, type Log, logsOf, openOwnLog } from "./channels.ts";
import { addresseesOf } from "./members.ts";
import { previewOf } from "./preview.ts";

/** Name of the meta row that holds the highest hlc that this device has signed. */
export const DEVICE_HLC = "hlc";

export type Appended = { readonly entry: EntryRow; readonly channel: Channel };

export type AppendInput = {
  readonly self: Self;
  readonly channel: Channel;
  readonly text: string;
  readonly nowMs: number;
  readonly random: Random;
};

/** Appends a text. Opens our log first when this is its first entry. */
export async function appendMessage(tx: WriteTx, input: AppendInput): Promise<Appended> {
  const opened = await ensureOwnLog(tx, input);
  return appendEntry(tx, opened, {
    ...input,
    kind: KINDS.message.number,
    body: encodeMessage({ text: input.text }),
  });
}

/** Appends an entry that is no message of its own. Opens our log first when this is its first entry. */
export async function appendBody(
  tx: WriteTx,
  input: Omit<AppendInput, "text"> & { readonly kind: number; readonly body: Uint8Array },
): Promise<EntryRow> {
  const opened = await ensureOwnLog(tx, input);
  return (await appendEntry(tx, opened, { ...input, text: "" })).entry;
}

/** Our log in the channel with its `log.open`: the entry that says whose log it is. */
export async function ensureOwnLog(
  tx: WriteTx,
  input: Omit<AppendInput, "text">,
): Promise<{ readonly log: Log; readonly channel: Channel }> {
  const log = await openOwnLog(tx, input.self, input.channel);
  if (log.known.floor > 0) return { log, channel: input.channel };
  const { self } = input;
  const body = encodeLogOpen({
    accountKey: self.accountKey,
    certificates: await certificateChainOf(tx, self),
    incarnation: self.incarnation,
  });
  const start = { log, channel: input.channel };
  const appended = await appendEntry(tx, start, {
    ...input,
    text: "",
    kind: KINDS.logOpen.number,
    body,
  });
  const known = addKnown(log.known, 1);
  return { log: { ...log, known, hlc: appended.hlc }, channel: appended.channel };
}

/** Our certificate, that of the device which issued it, and so on up to the account key. */
async function certificateChainOf(tx: ReadTx, self: Self): Promise<readonly Uint8Array[]> {
  const chain = [self.certificate];
  let issuer: Uint8Array | null = issuerOf(self.certificate);
  if (issuer === null) return chain;
  const { facts } = await ownContact(tx, self);
  const known = facts.flatMap((it) => {
    const fact = decodeFact(it);
    return fact.ok && fact.value.type === "device_cert" ? [fact.value.certificate] : [];
  });
  while (issuer !== null && chain.length < CERTIFICATE_CHAIN_MAX) {
    const of: Uint8Array = issuer;
    const next: DeviceCertificate | undefined = known.find((it) => equalBytes(it.device, of));
    assert(next !== undefined, "who certified us is in our facts");
    chain.push(next.bytes);
    issuer = next.issuer;
  }
  return chain;
}

function issuerOf(certificate: Uint8Array): Uint8Array | null {
  const decoded = decodeCertificate(certificate);
  assert(decoded.ok, "our own certificate");
  return decoded.value.issuer;
}

type EntryInput = AppendInput & { readonly kind: number; readonly body: Uint8Array };

async function appendEntry(
  tx: WriteTx,
  at: { readonly log: Log; readonly channel: Channel },
  input: EntryInput,
): Promise<Appended & { readonly hlc: number }> {
  const { self, nowMs, random, kind, body } = input;
  const { log, channel } = at;
  const seq = log.known.floor + 1;
  assert(maxKnown(log.known) === seq - 1, "our own log has no holes");
  const prev = seq === 1 ? undefined : await tx.get("entries", [log.c, log.a, seq - 1]);
  assert(seq === 1 || prev !== undefined, "the entry before ours is here");
  const { deps, floor } = await pastOf(tx, log, prev);
  const hlc = await tickHlc(tx, channel.hlc, nowMs);
  const signed = signEntry(
    {
      channel: bytesOf(channel.id),
      log: bytesOf(log.log),
      seq,
      prev: prev?.hash ?? null,
      hlc,
      kind,
      deps,
      auth: [],
      floor,
      expire: null,
    },
    body,
    random(SALT_BYTES),
    self.keys.sigSecret,
  );
  const shown = isShown(kind) ? 1 : 0;
  const entry: EntryRow = {
    c: channel.c,
    a: log.a,
    s: seq,
    h: hEffOf(hlc, floor),
    b: tieOf(bytesOf(log.log)),
    arr: channel.arrivals + 1,
    bytes: signed.bytes,
    hash: entryIdOf(signed.entry.coreBytes),
    kind,
    shown,
    own: true,
    id: publicIdOf(hlc, bytesOf(log.log), seq),
    text: input.text,
    writtenAtMs: msOf(hlc),
    late: false,
    clockAhead: false,
  };
  const grown: Channel = {
    ...channel,
    hlc: Math.max(channel.hlc, hlc),
    arrivals: entry.arr,
    ...(shown === 1 && entry.h >= channel.lastH
      ? { lastH: entry.h, preview: previewOf(entry) }
      : {}),
  };
  const known = addKnown(log.known, seq);
  await tx.put("entries", entry);
  await tx.put("logs", { ...log, known, hlc, read: addKnown(log.read, seq) });
  await tx.put("channels", grown);
  const devices = await addresseesOf(tx, self, channel);
  if (devices.length > 0) await enqueueEntry(tx, entry, pendingTargets(self, devices), nowMs);
  return { entry, channel: grown, hlc };
}

/** The device has one clock for all its logs, so that its public ids sort as they were written. */
async function tickHlc(tx: WriteTx, channelMax: number, nowMs: number): Promise<number> {
  const row = await tx.get("meta", DEVICE_HLC);
  const hlc = nextHlc({ last: typeof row?.v === "number" ? row.v : 0, channelMax, nowMs });
  await tx.put("meta", { k: DEVICE_HLC, v: hlc });
  return hlc;
}

/**
 * What the new entry comes after: the heads of the other logs as hints, and the highest place in time
 * of those and of our own last entry, below which it cannot be ordered.
 */
async function pastOf(
  tx: WriteTx,
  own: Log,
  prev: EntryRow | undefined,
): Promise<{ readonly deps: readonly Dep[]; readonly floor: number }> {
  const others = (await logsOf(tx, own.c)).filter((it) => it.a !== own.a && maxKnown(it.known) > 0);
  const newest = others.toSorted((a, b) => b.hlc - a.hlc).slice(0, DEPS_MAX);
  const causes = prev === undefined ? [] : [prev.h];
  const deps: Dep[] = [];
  for (const log of newest) {
    const head = await tx.get("entries", [log.c, log.a, maxKnown(log.known)]);
    assert(head !== undefined, "a known entry is here");
    causes.push(head.h);
    deps.push(depOf(bytesOf(log.log), head.s, head.hash));
  }
  return { deps, floor: floorOf(causes) };
}

async function enqueueEntry(
  tx: WriteTx,
  entry: EntryRow,
  targets: readonly Target[],
  nowMs: number,
): Promise<void> {
  await tx.put("outbox", {
    what: "entry",
    flightTo: "",
    c: entry.c,
    a: entry.a,
    s: entry.s,
    env: "",
    body: null,
    sealedAtMs: 0,
    targets,
    waiting: 1,
    attempts: 0,
    nextAtMs: 0,
    isRefused: false,
    createdAtMs: nowMs,
  });
}
