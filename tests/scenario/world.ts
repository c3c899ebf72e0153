/**
 * A world for scenarios: people with real devices, relays with their real cores, and a clock that only
 * moves when a scenario says so. Nothing in it is played: crypto/, sync/ and relay/ run as they are.
 */
import { expect, vi } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { Chance } from "../sim/chance.ts";
import { Kernel } from "../sim/kernel.ts";
import { Person } from "./person.ts";
import { ScenarioRelay } from "./relay.ts";

export const HOME_URL = "https://relay.example";
export const OTHER_URL = "https://other-relay.example";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How long a scenario takes is said by its own clock; the machine may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const STEP_MS = 50;
/** An answer that takes longer than this never comes. */
const OUTCOME_MS_MAX = 2 * MINUTE_MS;

export type World<Name extends string> = Readonly<Record<Name, Person>> & {
  readonly relay: ScenarioRelay;
  readonly otherRelay: ScenarioRelay;
  readonly everybody: readonly Person[];
  readonly nowMs: () => number;
  /** Lets so much time go by. */
  readonly pass: (ms: number) => Promise<void>;
  /** Nobody is awake for so long, and the relays are restarted at its end: for days and weeks. */
  readonly night: (ms: number) => Promise<void>;
  /** Lets time go by until `pending` settles. */
  readonly outcome: <R>(pending: Promise<R>) => Promise<R>;
  /** Two people who have each other as contacts, and nothing on its way. */
  readonly befriend: (one: Person, other: Person) => Promise<void>;
  /** Kills the relay: who was connected finds out at once. `forgets`: its disk is lost as well. */
  readonly killRelay: (relay: ScenarioRelay, how?: { readonly forgets: boolean }) => void;
  /**
   * The end of a scenario: a while later nothing waits anywhere, nobody found a contradiction, and
   * everybody sees what the others see.
   */
  readonly atRest: (afterMs?: number) => Promise<void>;
};

/**
 * A scenario with these people, all at the first relay; those named in `atOther` at the second.
 * `newcomers` have opened the app and not pressed Start.
 */
export async function world<Name extends string>(
  names: readonly Name[],
  {
    atOther = [],
    newcomers = [],
  }: { readonly atOther?: readonly Name[]; readonly newcomers?: readonly Name[] } = {},
): Promise<World<Name>> {
  await ready;
  const kernel = new Kernel();
  const chance = new Chance(1, names.join());
  const relay = new ScenarioRelay(HOME_URL, kernel, chance);
  const otherRelay = new ScenarioRelay(OTHER_URL, kernel, chance);
  const relayAt = (origin: string): ScenarioRelay["door"] =>
    [relay, otherRelay].find((it) => it.url === origin)?.door;

  const outcome = async <R>(pending: Promise<R>): Promise<R> => {
    const settled: unknown[] = [];
    void Promise.allSettled([pending]).then(([it]) => settled.push(it));
    for (let ms = 0; settled.length === 0 && ms < OUTCOME_MS_MAX; ms += STEP_MS) {
      await kernel.run(STEP_MS);
    }
    expect(settled.length, "it settles").toBe(1);
    return pending;
  };
  const personOf = (name: Name): Person =>
    new Person({
      name,
      kernel,
      random: new Chance(1, name).bytes,
      homeUrl: atOther.includes(name) ? OTHER_URL : HOME_URL,
      relayAt,
      outcome,
    });
  const people = Object.fromEntries(names.map((name) => [name, personOf(name)])) as Record<
    Name,
    Person
  >;
  const everybody: readonly Person[] = Object.values(people);
  for (const person of everybody) {
    await person.wake();
    if (newcomers.some((it) => it === person.name)) continue;
    const started = await person.device.start(person.name);
    expect(started.ok).toBe(true);
  }
  await kernel.run(SECOND_MS);

  return {
    ...people,
    relay,
    otherRelay,
    everybody,
    nowMs: kernel.now,
    pass: (ms) => kernel.run(ms),
    outcome,
    night: async (ms) => {
      for (const person of everybody) await person.sleep();
      for (const it of [relay, otherRelay]) it.kill();
      await kernel.run(ms);
      for (const it of [relay, otherRelay]) it.start();
      for (const person of everybody) await person.wake();
    },
    befriend: async (one, other) => {
      await other.accept(await one.invite());
      await kernel.run(10 * SECOND_MS);
      expect((await one.contact(other)).state).toBe("accepted");
      expect((await other.contact(one)).state).toBe("accepted");
    },
    killRelay: (it, { forgets } = { forgets: false }) => {
      if (forgets) it.forget();
      else it.kill();
      for (const person of everybody) person.transport.cut();
    },
    atRest: async (afterMs = 30 * SECOND_MS) => {
      await kernel.run(afterMs);
      for (const person of everybody) {
        expect(person.bugs, `${person.name} found no contradiction`).toEqual([]);
        const parcels = (await person.rows("outbox")).map(({ what, a, s, targets }) => {
          return `${what} ${a}/${s} ${targets.map((it) => it.state).join(" ")}`;
        });
        expect(parcels, `${person.name} has nothing to send`).toEqual([]);
        const held = [...new Set((await person.rows("held")).map((it) => it.tag))];
        expect(held, `${person.name} holds nothing unread`).toEqual([]);
      }
      expect([relay.messages, otherRelay.messages], "nothing waits at a relay").toEqual([0, 0]);
    },
  };
}
