/**
 * What an entry is, by number. Numbers are for ever: a kind that is dropped leaves its number unused.
 * An entry of any other number is stored, relayed and shown as "needs a newer app".
 * docs/protocol/sync.md, [KI1] and [KI2].
 */
export const KIND_MAX = 0xffff;

/** `shown`: has a place of its own in the conversation. */
export const KINDS = {
  message: { number: 1, shown: true },
  edit: { number: 2, shown: false },
  reaction: { number: 3, shown: false },
  delete: { number: 4, shown: false },
  pin: { number: 5, shown: false },
  vote: { number: 6, shown: false },
  meta: { number: 7, shown: false },
  system: { number: 8, shown: true },
  /** Of a group: a link into it is made or taken back, or somebody who used one is refused. */
  link: { number: 9, shown: false },
  /** The last entry of a device that is out of its account. */
  logClose: { number: 14, shown: false },
  /** Entry 1 of every log: who signs it. */
  logOpen: { number: 15, shown: false },
  ydoc: { number: 32, shown: false },
  ydocSnapshot: { number: 33, shown: false },
  checkpoint: { number: 40, shown: false },
  /** In the account channel alone: what a person notes for themselves. */
  mark: { number: 48, shown: false },
  /** In the account channel alone: somebody whom we accepted or blocked. */
  contact: { number: 49, shown: false },
  /** In the account channel alone: what a device of ours is called. */
  deviceName: { number: 50, shown: false },
  /** In the account channel alone: what we are called. */
  ownName: { number: 51, shown: false },
  /** In the account channel alone: the recovery words were written down. */
  wordsKept: { number: 52, shown: false },
} as const satisfies Record<string, { readonly number: number; readonly shown: boolean }>;

/** Membership: these numbers name all heads of the roster instead of two causes. */
const ROSTER_FIRST = 16;
const ROSTER_LAST = 31;

const SHOWN_BY_NUMBER: ReadonlyMap<number, boolean> = new Map(
  Object.values(KINDS).map(({ number, shown }) => [number, shown]),
);

export const isRoster = (kind: number): boolean => kind >= ROSTER_FIRST && kind <= ROSTER_LAST;

/** Takes any number: what this version does not know is shown, so that nobody misses it unaware. */
export const isShown = (kind: number): boolean =>
  !isRoster(kind) && (SHOWN_BY_NUMBER.get(kind) ?? true);
