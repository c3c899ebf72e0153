/**
 * One fault a promise: each of these the simulator must find. A mutant names the profile that sees it
 * (docs/protocol/simulator.md) and the promise that it breaks.
 */
import type { Edit } from "./edits.ts";
import { GROUP_MUTANTS } from "./group-mutants.ts";
import type { Mutant } from "./mutant.ts";
import type { Profile } from "./plan.ts";
import { REMEMBERED } from "./remembered.ts";

/** Seeds in which a mutant must be found. */
export const KILL_SEEDS_MAX = 500;

/** Devices ask nobody for what they miss, so that nothing hides what the layers below lose. */
const HEALING_OFF: readonly Edit[] = [
  {
    file: "sync/heal/healer.ts",
    find: "readonly look = (): void => this.#plan(HEAL_FIRST_MS);",
    replace: "readonly look = (): void => undefined;",
  },
  {
    file: "sync/receipts/receipts.ts",
    find: 'if (target.state !== "stored" || maxKnown(delivered) <= parcel.s) return undefined;',
    replace: "if (parcel.s >= 0) return undefined;",
  },
];

export const isHealing = (profile: Profile): boolean => profile !== "A" && profile !== "B";

export const editsOf = (isOfHealing: boolean, mutant?: Mutant): readonly Edit[] => [
  ...REMEMBERED,
  ...(isOfHealing ? [] : HEALING_OFF),
  ...(mutant?.edits ?? []),
];

export const MUTANTS: readonly Mutant[] = [
  {
    name: "the relay says OK before it has synced",
    profile: "A",
    breaks: ["INV1"],
    edits: [
      {
        file: "relay/session.ts",
        find: '    commits.submit<"put">(\n',
        replace:
          '    answer(targets.map(() => ({ status: "stored" })));\n    commits.submit<"put">(\n',
      },
      {
        file: "relay/session.ts",
        find: "        answer(done.value.map(statusOf));\n",
        replace: "",
      },
    ],
  },
  {
    name: "the relay deletes what it has sent",
    profile: "A",
    breaks: ["INV2"],
    edits: [
      {
        file: "relay/delivery/lane.ts",
        find: '    count("delivered");\n',
        replace:
          '    count("delivered");\n' +
          '    const ack = { type: "ack", mailbox: this.mailbox, ids: [message.id] } as const;\n' +
          "    void this.#options.store.commit([ack], this.#options.now());\n",
      },
    ],
  },
  {
    name: "the relay forgets an acknowledgement that it could not write down",
    profile: "A",
    breaks: ["INV13"],
    edits: [
      {
        file: "relay/relay.ts",
        find: "      this.#open.get(latin1(mailbox))?.lane.forgotten();\n",
        replace: "",
      },
    ],
  },
  {
    name: "the relay sends nothing again on a living connection",
    profile: "C",
    breaks: ["INV11", "INV13"],
    edits: [
      {
        file: "relay/delivery/lane.ts",
        find: "    if (nowMs < dueMs) return dueMs;\n",
        replace: "    if (nowMs < Infinity) return nowMs + REDELIVER_MS;\n",
      },
    ],
  },
  {
    name: "a device acknowledges before it has committed",
    profile: "A",
    breaks: ["INV2", "INV13"],
    edits: [
      {
        file: "sync/home.ts",
        find: "      const acks = await receiveBatch(this.#deps, self, batch);\n",
        replace:
          "      this.#link?.ack(batch.filter((it) => !it.isEphemeral).map((it) => it.id));\n" +
          "      const acks = await receiveBatch(this.#deps, self, batch);\n",
      },
    ],
  },
  {
    name: "the outbox drops an entry at the relay's OK",
    profile: "B",
    breaks: ["INV7"],
    edits: [
      {
        file: "sync/outbox/attempts.ts",
        find: '        const state = isEnough ? "done" : "stored";\n',
        replace: '        const state = "done";\n',
      },
    ],
  },
  {
    name: "the outbox drops an entry when the connection breaks",
    profile: "A",
    breaks: ["INV6", "INV7"],
    edits: [
      {
        file: "sync/outbox/attempts.ts",
        find: "      await putOutbox(tx, next);\n",
        replace:
          '      if (attempt.verdict.type === "down") await tx.delete("outbox", attempt.n);\n' +
          "      else await putOutbox(tx, next);\n",
      },
    ],
  },
  {
    name: "what a broken connection left unanswered is never sent again",
    profile: "A",
    breaks: ["INV6", "INV11", "INV13"],
    edits: [
      {
        file: "sync/outbox/attempts.ts",
        find: '      return putOff(row, pauseAfter(row.attempts, RETRY_MAX_MS), context);\n    case "busy":',
        replace: '      return { ...row, waiting: 0 };\n    case "busy":',
      },
    ],
  },
  {
    name: "a relay that lost its store is not noticed",
    profile: "B",
    breaks: ["INV11", "INV13"],
    edits: [
      {
        file: "sync/outbox/resend.ts",
        find: "  if (known?.v === storeInc) return 0;\n",
        replace: "  if (known !== undefined) return 0;\n",
      },
    ],
  },
  {
    name: "write tokens are not told to a relay that lost its store",
    profile: "B",
    breaks: ["INV11", "INV13", "INV14"],
    edits: [
      {
        file: "sync/account/mailboxes.ts",
        find: "      registeredAt: token.registeredAt.filter((it) => it !== url),\n",
        replace: "      registeredAt: token.registeredAt,\n",
      },
    ],
  },
  {
    name: "an envelope whose chain is not known yet is dropped",
    profile: "B",
    breaks: ["INV11", "INV13"],
    edits: [
      {
        file: "sync/receive/open-envelope.ts",
        find: '  return arrival.isEphemeral ? dropped("ephemeralUnknown") : { type: "held" };\n',
        replace: '  return dropped(arrival.isEphemeral ? "ephemeralUnknown" : "unknown");\n',
      },
    ],
  },
  {
    name: "what comes twice counts twice",
    profile: "C",
    breaks: ["INV14", "INV19"],
    edits: [
      {
        file: "sync/receive/open-envelope.ts",
        find: "  if (seen !== undefined) {\n    // It came again",
        replace: "  if (seen !== undefined && seen.c < 0) {\n    // It came again",
      },
      {
        file: "sync/receive/accept-entry.ts",
        find: "  if (held !== undefined) return equalBytes(held.hash, hash)",
        replace: "  if (held !== undefined && log.own) return equalBytes(held.hash, hash)",
      },
      {
        file: "sync/receive/accept-entry.ts",
        find: '  if (countKnown(known) <= countKnown(log.known)) return refused("holes");\n',
        replace: "",
      },
    ],
  },
  {
    name: "messages are ordered as they arrive",
    profile: "A",
    breaks: ["INV12"],
    edits: [
      {
        file: "sync/receive/accept-entry.ts",
        find: "  const h = hEffOf(core.hlc, core.floor);\n",
        replace: "  const h = Math.max(channel.hlc + 1, hEffOf(core.hlc, core.floor));\n",
      },
    ],
  },
  {
    name: "an entry's number is used twice",
    profile: "A",
    breaks: ["INV3"],
    edits: [
      {
        file: "sync/channel/append.ts",
        find: '  await tx.put("logs", { ...log, known, hlc, sent, read: addKnown(log.read, seq) });\n',
        replace:
          '  if (seq % 4 !== 0) await tx.put("logs", { ...log, known, hlc, sent, read: addKnown(log.read, seq) });\n',
      },
    ],
  },
  {
    name: "a note beside the disk is not read",
    profile: "C",
    from: 16,
    breaks: ["INV3"],
    edits: [
      {
        file: "sync/account/keepsake.ts",
        find: "    const isPutBack = kept > known;\n",
        replace: "    const isPutBack = kept < 0;\n",
      },
    ],
  },
  {
    name: "a message key is used twice",
    profile: "A",
    breaks: ["INV9"],
    edits: [
      {
        file: "sync/outbox/seal.ts",
        find: "    state: sealed.chain,\n",
        replace: "    state: row.s % 5 === 0 ? chain.state : sealed.chain,\n",
      },
    ],
  },
  {
    name: "an entry travels in the clear beside its ciphertext",
    profile: "A",
    breaks: ["INV10"],
    edits: [
      {
        file: "sync/outbox/seal.ts",
        find: "  const body = envelopeOf(sealed.message);\n",
        replace:
          "  const clear = row.s % 5 === 0 ? entry.bytes : new Uint8Array(0);\n" +
          "  const body = envelopeOf(new Uint8Array([...sealed.message, ...clear]));\n",
      },
    ],
  },
  {
    name: "a secret goes to the relay with the public prekeys",
    profile: "A",
    breaks: ["INV10"],
    edits: [
      {
        file: "sync/account/upkeep.ts",
        find: "  const put = await http.putPrekeys(bundle);\n",
        replace:
          "  const put = await http.putPrekeys(new Uint8Array([...bundle, ...self.keys.dhSecret]));\n",
      },
    ],
  },
  {
    name: "a forged entry is accepted",
    profile: "C",
    breaks: ["INV5"],
    edits: [
      {
        file: "sync/receive/accept-entry.ts",
        find: '  if (!verifyEntry(entry, named.key).ok) return refused("signature");\n',
        replace: "  verifyEntry(entry, named.key);\n",
      },
    ],
  },
  {
    name: "a receipt claims the next entry too",
    profile: "A",
    breaks: ["INV6"],
    edits: [
      {
        file: "sync/receipts/receipts.ts",
        find: "    delivered: logs.map((it) => ({ log: bytesOf(it.log), known: it.known })),\n",
        replace:
          "    delivered: logs.map((it) => ({\n" +
          "      log: bytesOf(it.log),\n" +
          "      known: { floor: maxKnown(it.known) + 1, ranges: [] },\n" +
          "    })),\n",
      },
    ],
  },
  {
    name: "what has arrived is told as read",
    profile: "A",
    breaks: ["INV6"],
    edits: [
      {
        file: "sync/receipts/receipts.ts",
        find: "    read: logs.map((it) => ({ log: bytesOf(it.log), known: it.read })),\n",
        replace: "    read: logs.map((it) => ({ log: bytesOf(it.log), known: it.known })),\n",
      },
    ],
  },
  {
    name: "a message is shown as sent before a relay has it",
    profile: "A",
    breaks: ["INV6"],
    edits: [
      {
        file: "sync/outbox/attempts.ts",
        find: '  if (rows.some((it) => it.what === "entry" && !isSent(it))) return;\n',
        replace: "",
      },
    ],
  },
  {
    name: "old things are forgotten by a clock that nobody confirms",
    profile: "A",
    breaks: ["INV7", "INV11", "INV13"],
    edits: [
      {
        file: "sync/sweeper.ts",
        find: "if (isResting || isClosed || Math.abs(offsetMs) > OFFSET_ALONE_MS_MAX) return;",
        replace: "if (isResting || isClosed || Number.isNaN(offsetMs)) return;",
      },
    ],
  },
  {
    name: "a hand-over takes the place of the entry that it goes before",
    profile: "A",
    breaks: ["INV7", "INV11", "INV13"],
    edits: [
      {
        file: "sync/outbox/control.ts",
        find: "to: device.device, c, a, s });\n",
        replace: "to: device.device, ...(input.before ?? { c, a, s }) });\n",
      },
    ],
  },
  {
    name: "what was deleted keeps its words",
    profile: "A",
    breaks: ["INV16"],
    edits: [
      {
        file: "sync/channel/thread-rows.ts",
        find: "  const keepsBytes = row.own && !isForAll;\n",
        replace: "  const keepsBytes = row.own || isForAll;\n",
      },
    ],
  },
  {
    name: "what is said about a message that is not here yet is lost",
    profile: "C",
    breaks: ["INV16"],
    edits: [
      {
        file: "sync/channel/take-in.ts",
        find: "  if (isMessage && waiting === 0) return;\n",
        replace: "  if (isMessage) return;\n",
      },
    ],
  },
  ...GROUP_MUTANTS,
];
