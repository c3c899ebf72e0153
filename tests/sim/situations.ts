/**
 * What a simulation must have been through to prove anything: a run of CI in which one of these never
 * happened is a failed run.
 */
import type { Profile } from "./plan.ts";

const EVERYWHERE: readonly string[] = [
  "a clock is set to 1970 or 2038",
  "a device dies between commit and acknowledgement",
  "a device dies between sealing and sending",
  "a device dies while it receives",
  "a message comes again after it was committed",
  "a message changes: delete",
  "a message changes: edit",
  "a message changes: pin",
  "a message changes: react",
  "a message is written",
  "a message is written while offline",
  "a relay is asked to keep what it keeps",
  "bytes in flight arrive after a break",
  "messages are read",
  "the relay dies between write and sync",
  "the relay dies",
  "the relay's disk fails",
];

/** Where some worlds begin from nothing: not where the only relay lies. */
const FRESH: readonly string[] = ["an invite is accepted while the inviter is away"];

/** Where there are groups and second devices. */
const CROWD: readonly string[] = ["a message is written to a group"];
const FRESH_CROWD: readonly string[] = [
  ...FRESH,
  ...CROWD,
  "a device is linked",
  "a group is made",
];

const PUT_BACK: readonly string[] = [
  "a device finds that its disk was put back",
  "an old copy of a disk comes back",
];

const EVICTED: readonly string[] = [
  "a device's storage is evicted",
  "a person comes back by backup",
  "a person comes back by link",
  "a person comes back by words",
];

const ENDS: readonly string[] = [
  "a device is put out of its account",
  "a device leaves its account",
];

const TWO_RELAYS: readonly string[] = [
  "an envelope is put at a relay that is not its sender's",
  "one relay dies, and another goes on",
];
const ONE_WIPED = "one relay loses its disk, and another keeps its own";

const SITUATIONS: { readonly [P in Profile]: readonly string[] } = {
  A: [...EVERYWHERE, ...FRESH],
  B: [...EVERYWHERE, ...FRESH, "an envelope waits for its chain", "the relay's disk is wiped"],
  C: [
    ...EVERYWHERE,
    ...FRESH_CROWD,
    ...PUT_BACK,
    ...EVICTED,
    ...ENDS,
    ...TWO_RELAYS,
    ONE_WIPED,
    "a frame is doubled",
    "a frame is dropped",
    "a frame is overtaken",
    "a forged entry is refused",
    "a log has a hole",
    "an entry is forged",
    "an envelope waits for its chain",
    "the relay's disk is wiped",
  ],
  D: [
    ...EVERYWHERE,
    ...CROWD,
    ...TWO_RELAYS,
    "one relay lies, and another does not",
    "the relay lies: fakeOk",
    "the relay lies: flip",
    "the relay lies: lose",
    "the relay lies: misroute",
    "the relay lies: replay",
    "the relay lies: truncate",
    "the relay lies: withhold",
  ],
  E: [
    ...EVERYWHERE,
    ...FRESH_CROWD,
    ...TWO_RELAYS,
    "a contact is probed",
    "a forged entry is refused",
    "a log is forked",
    "an entry is forged",
  ],
  F: [...EVERYWHERE, ...FRESH],
  G: [
    ...EVERYWHERE,
    ...FRESH_CROWD,
    ...EVICTED,
    ...ENDS,
    ...TWO_RELAYS,
    ONE_WIPED,
    "a group turns while offline",
    "a group turns: add",
    "a group turns: demote",
    "a group turns: leave",
    "a group turns: promote",
    "a group turns: remove",
    "a group turns: rename",
    "the relay's disk is wiped",
  ],
  H: [...EVERYWHERE, ...FRESH_CROWD, ...PUT_BACK, "a process takes over"],
};

export const neverHappened = (
  profile: Profile,
  happened: ReadonlyMap<string, number>,
): readonly string[] => SITUATIONS[profile].filter((it) => (happened.get(it) ?? 0) === 0);
