/** Faults of groups, of people with several devices or at two relays, and of processes that take each other's place. */
import type { Mutant } from "./mutant.ts";

export const GROUP_MUTANTS: readonly Mutant[] = [
  {
    name: "a removal starts no new chain",
    profile: "G",
    breaks: ["INV17"],
    edits: [
      {
        file: "sync/outbox/seal.ts",
        find: "    (await isAnybodyGone(tx, context.self, channel, current, recipients));\n",
        replace: "    recipients.length < 0;\n",
      },
    ],
  },
  {
    name: "who was removed goes on trying to deliver what they wrote",
    profile: "G",
    breaks: ["INV13"],
    edits: [
      {
        file: "sync/group/follow.ts",
        find: "    else await dropWaiting(tx, c);\n",
        replace: "",
      },
    ],
  },
  {
    name: "who was removed is still told what the group is called",
    profile: "G",
    from: 182,
    breaks: ["INV18"],
    edits: [
      {
        file: "sync/group/welcome.ts",
        find: "  if (member === undefined) return opsAlone(tx, channel, account);\n",
        replace:
          "  if (member === undefined) return (await commonPartsOf(tx, self, channel)).ops;\n",
      },
    ],
  },
  {
    name: "what one relay keeps is held for sent to those who are at another",
    profile: "G",
    breaks: ["INV6"],
    edits: [
      {
        file: "sync/outbox/attempts.ts",
        find: "        verdict.statuses.find((it) => it.device === target.device)?.status;\n",
        replace:
          "        (verdict.statuses.find((it) => it.device === target.device) ?? " +
          "verdict.statuses[0])?.status;\n",
      },
    ],
  },
  {
    name: "what was written under a roster that is not here is heard all the same",
    profile: "G",
    breaks: ["INV11", "INV12", "INV13", "INV19"],
    edits: [
      {
        file: "sync/group/counting.ts",
        find: '  return judged.error.type === "Waits" ? "waits" : "no";\n',
        replace: '  return "no";\n',
      },
    ],
  },
  {
    name: "an entry of somebody else's log is taken from whoever brings it",
    profile: "E",
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
    name: "a backup file leaves out what its owner noted for themselves",
    profile: "C",
    from: 57,
    breaks: ["INV23"],
    edits: [
      {
        file: "sync/backup/export.ts",
        find: "  const channel = ordered.find((it) => !isBefore(it));\n",
        replace: '  const channel = ordered.find((it) => !isBefore(it) && it.kind !== "self");\n',
      },
    ],
  },
  {
    name: "the recovery words bring nobody back but oneself",
    profile: "C",
    from: 32,
    breaks: ["INV11"],
    edits: [
      {
        file: "sync/recovery/restored.ts",
        find: "  for (const contact of known.contacts) await putContact(tx, self, context, contact);\n",
        replace: "",
      },
    ],
  },
  {
    name: "a log that forks goes on counting",
    profile: "E",
    from: 98,
    breaks: ["INV21"],
    edits: [
      {
        file: "sync/group/counting.ts",
        find: "  const isForked = await isDoubtful(tx, placed, row);\n",
        replace: "  const isForked = false;\n",
      },
    ],
  },
  {
    name: "nobody says where the log of a device ends that was put out",
    profile: "C",
    from: 21,
    breaks: ["INV11", "INV22"],
    edits: [
      {
        file: "sync/devices/closings.ts",
        find: "  for (const log of await openLogsOfOut(tx, context)) {\n",
        replace: "  for (const log of (await openLogsOfOut(tx, context)).slice(0, 0)) {\n",
      },
    ],
  },
  {
    name: "what stands behind the end of a log counts all the same",
    profile: "C",
    from: 21,
    breaks: ["INV22"],
    edits: [
      {
        file: "sync/devices/closed.ts",
        find: '    return entry.s > end.seq || isLastOther ? "no" : undefined;\n',
        replace: "    return undefined;\n",
      },
    ],
  },
  {
    name: "a device that is out of its account is still sealed for",
    profile: "C",
    from: 10,
    breaks: ["INV13", "INV17"],
    edits: [
      {
        file: "sync/contact/contacts.ts",
        find:
          '  const devices = await tx.range("devices", "account", { lower: account, upper: account });\n' +
          "  return devices.filter((it) => contact.live.includes(it.device));\n",
        replace:
          '  return await tx.range("devices", "account", { lower: account, upper: account });\n',
      },
    ],
  },
  {
    name: "a relay's OK is the end of it",
    profile: "D",
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
    name: "whoever hands over a chain is not handed ours",
    profile: "C",
    breaks: ["INV11", "INV13", "INV14"],
    edits: [
      {
        file: "sync/receive/session-payloads.ts",
        find: '  if (channel.kind !== "group") await answerChain(tx, context, channel, device);\n',
        replace: '  if (channel.kind !== "group") return tags;\n',
      },
    ],
  },
  {
    name: "a device goes on working after it has let go of its store",
    profile: "H",
    from: 78,
    breaks: ["INV20"],
    edits: [
      {
        file: "sync/lane.ts",
        find: "      isClosed = true;\n",
        replace: "",
      },
    ],
  },
];
