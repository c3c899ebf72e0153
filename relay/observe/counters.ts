/**
 * What happened since the start, as numbers and nothing else: they are printed once a minute, and
 * nobody can be found in them.
 */
export type Counters = {
  readonly add: (name: string, count?: number) => void;
  /** What was added since the last call, by name, without zeros. */
  readonly take: () => Readonly<Record<string, number>>;
};

export function openCounters(): Counters {
  let counts = new Map<string, number>();
  return {
    add: (name, count = 1) => {
      counts.set(name, (counts.get(name) ?? 0) + count);
    },
    take: () => {
      const taken = Object.fromEntries(counts);
      counts = new Map();
      return taken;
    },
  };
}
