/** Who takes part in a world, device by device. */
export const NAMES = ["Alice", "Bob", "Carol", "Dave", "Eve"] as const;

/** `home`: which relay keeps their mailboxes, in turn. */
export type Role = { readonly name: string; readonly owner: string; readonly home: number };

/**
 * First devices of `people`, in their order, and then the second devices of those in `seconds`: so the
 * number of a person is that of their first device.
 */
export function castOf(people: number, seconds: readonly number[]): readonly Role[] {
  const names = NAMES.slice(0, people);
  return [
    ...names.map((name, i) => ({ name, owner: name, home: i })),
    ...seconds.map((who) => ({
      name: `${names[who] ?? ""}'s laptop`,
      owner: names[who] ?? "",
      home: who,
    })),
  ];
}
