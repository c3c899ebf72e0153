/**
 * Everything that exists in a run: people and their devices, the network, relays, and the witness who sees
 * all of it. A world begins from nothing or from a saved one.
 */
import { openDevice } from "../../sync/open-device.ts";
import type { Snapshot } from "../../sync/store/memory-store.ts";
import type { TableName } from "../../sync/store/rows.ts";
import type { Frame } from "../../sync/wire/frames.ts";
import { castOf, type Role } from "./cast.ts";
import { Chance } from "./chance.ts";
import type { Change } from "./device-store.ts";
import { EPOCH_MS, Kernel } from "./kernel.ts";
import type { Evicted } from "./movement.ts";
import { Needles } from "./needles.ts";
import { type Line, Network } from "./network.ts";
import { CANARY, Person } from "./person.ts";
import { RELAY_URLS, RelaySite, type SavedRelay } from "./relay-site.ts";
import type { Answered } from "./relay-watch.ts";
import { rowsOf } from "./rows-of.ts";
import { secretsOf } from "./secrets.ts";
import { describeFrames, type Tracer } from "./tracer.ts";
import { type Passage, Witness } from "./witness.ts";

/** For want of the right signature, or in a log that nobody else can write. */
const FORGED: ReadonlySet<string> = new Set(["entry signature", "entry own", "entry unknownLog"]);

export type SavedWorld = {
  readonly nowMs: number;
  readonly people: readonly { readonly name: string; readonly snapshot: Snapshot }[];
  /** Pairs that have a chat, by their numbers. */
  readonly acquainted: readonly (readonly [number, number])[];
  readonly relays: readonly SavedRelay[];
};

export type WorldOptions = {
  readonly seed: number;
  readonly from: SavedWorld | null;
  readonly people: number;
  /** Whoever has a second device. */
  readonly seconds: readonly number[];
  /** Devices that lie about their own log, and devices of an older version, by their numbers. */
  readonly liars: ReadonlySet<number>;
  readonly old: ReadonlySet<number>;
  /** Devices that have a place beside their disk for a note, by their numbers. */
  readonly noted: ReadonlySet<number>;
  readonly openOld: typeof openDevice;
  /** Does it keep to its promises? Of each relay: people's homes are at them in turn. */
  readonly relays: readonly boolean[];
  /** From the saved moment to the beginning of this world. */
  readonly laterMs: number;
  readonly tracer: Tracer;
};

export class World {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly relays: readonly RelaySite[];
  readonly people: readonly Person[];
  readonly witness: Witness;
  readonly needles = new Needles();
  readonly situations = new Map<string, number>();
  /** Devices whose storage is gone for good, and what they were reached by. */
  readonly evicted: Evicted[] = [];
  /** Entries that stood in the file by which somebody came back, by their places. */
  readonly filed: { readonly who: string; readonly held: ReadonlySet<string> }[] = [];
  /** Devices that are in their account no more. */
  readonly isOut = new Set<Person>();
  /** Those of them that another one has put out. */
  readonly putOut = new Set<Person>();
  readonly tracer: Tracer;
  /** Share of frames that the way treats badly. */
  hostility = 0;
  /** What people want and do not have yet. */
  wishes = 0;
  /** The longest of the pauses that were met while it became quiet. */
  slowestMs = 0;
  /** Who has a chat with whom: first devices. */
  readonly acquainted: (readonly [Person, Person])[] = [];
  #failure: string | null = null;
  readonly seed: number;
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    const { seed, from, people, seconds, laterMs, tracer } = options;
    this.#options = options;
    this.seed = seed;
    this.tracer = tracer;
    this.kernel = new Kernel((from?.nowMs ?? EPOCH_MS) + laterMs);
    this.needles.add("the canary", new TextEncoder().encode(CANARY));
    const answered: Answered = new Map();
    this.witness = new Witness({
      fail: this.fail,
      happened: this.happened,
      answered,
      isLiar: (who) => [...options.liars].some((i) => this.people[i]?.name === who),
    });
    this.network = new Network({
      kernel: this.kernel,
      chance: this.chance("network"),
      door: (url) => this.#relayAt(url)?.door,
      hostility: () => this.hostility,
      tap: {
        frames: (line, direction, moment, frames, bytes) => {
          if (moment === "sent") this.#search(bytes, `on ${line.who}'s wire`);
          for (const frame of frames) this.#passed(line, `${moment} ${direction}`, frame);
          if (moment === "sent") {
            this.kernel.note(bytes.length);
            this.trace(() => describeFrames(line, direction, frames));
          }
        },
        http: (who, text) => {
          this.#search(Buffer.from(text), `in ${who}'s HTTP`);
          this.kernel.note(text.length);
          this.trace(() => `${who} http ${text.slice(0, 60)}`);
        },
        happened: this.happened,
      },
    });
    this.relays = options.relays.map((isHonest, i) => this.#siteOf(isHonest, i, answered));
    this.people = castOf(people, seconds).map((role, i) => this.#personOf(role, i));
    for (const [a, b] of from?.acquainted ?? []) this.meet(this.person(a), this.person(b));
  }

  /** A stream of chance of its own for whoever asks. */
  chance(stream: string): Chance {
    return new Chance(this.seed, stream);
  }

  /** All of them: by what another one lost nobody is worse off. */
  get areRelaysHonest(): boolean {
    return this.relays.every((it) => it.isHonest);
  }

  /** Do others' devices believe what this one says of itself? */
  readonly isHonest = (person: Person): boolean =>
    !this.#options.liars.has(this.people.indexOf(person));

  readonly isHonestDevice = (device: string): boolean => {
    const who = this.witness.whoHas(device);
    const person = this.people.find((it) => it.name === who);
    return person === undefined || this.isHonest(person);
  };

  /** Does it know every kind of entry that there is? */
  readonly knowsAll = (person: Person): boolean =>
    !this.#options.old.has(this.people.indexOf(person));

  /** Devices that are in their account. */
  get present(): readonly Person[] {
    return this.people.filter((it) => !this.isOut.has(it));
  }

  /** The first promise that was broken, or null. */
  get failure(): string | null {
    return this.#failure;
  }

  readonly fail = (what: string): void => {
    if (this.#failure === null) this.trace(() => `FAILED ${what}`);
    this.#failure ??= what;
  };

  readonly happened = (situation: string): void => {
    this.situations.set(situation, (this.situations.get(situation) ?? 0) + 1);
  };

  trace(line: () => string): void {
    this.tracer.line(this.kernel.now(), line);
  }

  /** Runs for so long, or until a promise is broken. */
  run(ms: number): Promise<void> {
    return this.kernel.run(ms, () => this.#failure !== null);
  }

  /** Settles after so long. */
  sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.kernel.after(ms, resolve);
    return promise;
  }

  meet(who: Person, to: Person): void {
    const isKnown = this.acquainted.some((pair) => pair.includes(who) && pair.includes(to));
    if (!isKnown) this.acquainted.push([who, to]);
  }

  person(i: number): Person {
    return this.people[i % this.people.length] as Person;
  }

  relay(i: number): RelaySite {
    return this.relays[i % this.relays.length] as RelaySite;
  }

  /** From the relay that keeps their mailbox. */
  isCutOff({ homeUrl, isOffline }: Person): boolean {
    return isOffline || this.#relayAt(homeUrl)?.door === undefined;
  }

  /** As a beginning for other worlds. */
  save(): SavedWorld {
    return {
      nowMs: this.kernel.now(),
      people: this.people.map((person) => ({
        name: person.name,
        snapshot: person.snapshot() as Snapshot,
      })),
      acquainted: this.acquainted.map(([a, b]) => [this.people.indexOf(a), this.people.indexOf(b)]),
      relays: this.relays.map((it) => it.save()),
    };
  }

  /** Tells the witness what the saved world holds, people's own entries first. */
  async remember(): Promise<void> {
    const everything = await Promise.all(
      this.people.map(async (person) => ({ person, changes: await rowsOf(person) })),
    );
    const first = new Set<TableName>(["meta", "mailboxes", "channels", "rosters", "logs"]);
    for (const { person, changes } of everything) {
      this.#remember(
        person,
        changes.filter((it) => first.has(it.table)),
      );
    }
    const isOwn = (it: Change, own: ReadonlySet<number>): boolean =>
      it.table === "entries" && it.row !== undefined && own.has(it.row.a);
    const ownLogs = everything.map(({ changes }) => ownLogsIn(changes));
    for (const [i, { person, changes }] of everything.entries()) {
      const own = ownLogs[i] ?? new Set();
      this.#remember(
        person,
        changes.filter((it) => isOwn(it, own)),
      );
    }
    for (const [i, { person, changes }] of everything.entries()) {
      const own = ownLogs[i] ?? new Set();
      this.#remember(
        person,
        changes.filter((it) => !isOwn(it, own) && !first.has(it.table)),
      );
    }
  }

  #remember(person: Person, changes: readonly Change[]): void {
    this.#register(changes);
    this.witness.committed(person.name, changes, false);
  }

  #register(changes: readonly Change[]): void {
    for (const change of changes) {
      for (const [name, bytes] of secretsOf(change)) this.needles.addSecret(name, bytes);
    }
  }

  #relayAt(url: string): RelaySite | undefined {
    return this.relays.find((it) => it.url === url);
  }

  #passed({ who, n, url }: Line, passage: Passage, frame: Frame): void {
    this.witness.frame(who, passage, frame);
    if (passage === "arrived up") this.#relayAt(url)?.watch.received(n, frame);
    if (passage === "arrived up" && frame.type === "put" && this.relays.length > 1) {
      const isHome = this.people.find((it) => it.name === who)?.homeUrl === url;
      if (!isHome) this.happened("an envelope is put at a relay that is not its sender's");
    }
    if (passage === "sent down") this.#relayAt(url)?.watch.sent(n, frame);
  }

  #siteOf(isHonest: boolean, i: number, answered: Answered): RelaySite {
    const url = RELAY_URLS[i] ?? RELAY_URLS[0];
    const nth = i === 0 ? "" : ` ${i + 1}`;
    return new RelaySite({
      name: `the relay${nth}`,
      url,
      from: this.#options.from?.relays[i],
      isHonest,
      answered,
      kernel: this.kernel,
      chance: (stream) => this.chance(`${stream}${nth}`),
      fail: this.fail,
      happened: this.happened,
      isCommitted: this.witness.isCommitted,
      isAnotherUp: () => this.relays.some((it) => it.url !== url && it.door !== undefined),
      gone: () => this.network.relayGone(url),
      trace: (line) => this.trace(line),
    });
  }

  #personOf({ name, owner, home }: Role, i: number): Person {
    const { from, people, old, noted, openOld } = this.#options;
    const saved = from?.people.find((it) => it.name === name)?.snapshot;
    const made = new Person(
      {
        name,
        owner,
        homeUrl: this.relay(home).url,
        openDevice: old.has(i) ? openOld : openDevice,
        isNoted: noted.has(i),
        wroteUnlocked: () => this.fail(`[INV20] ${name} wrote after it had let go of the lock`),
        kernel: this.kernel,
        chance: this.chance(`device of ${name}`),
        network: this.network,
        committed: (person, changes) => {
          this.#register(changes);
          this.kernel.note(changes.length);
          this.witness.committed(person.name, changes);
        },
        dropped: (person, reason) => {
          this.happened(`dropped: ${reason}`);
          if (FORGED.has(reason)) this.happened("a forged entry is refused");
          this.trace(() => `${person.name} dropped: ${reason}`);
        },
        failed: (person, error) => {
          this.fail(`[INV0] a bug in ${person.name}'s device: ${String(error)}`);
          this.trace(() => (error instanceof Error ? (error.stack ?? "") : String(error)));
        },
        died: (person, moment) => {
          this.happened(`a device dies: ${moment}`);
          this.witness.died(person.name, moment);
          this.trace(() => `${person.name}'s device dies: ${moment}`);
          this.kernel.after(person.downMs, () => {
            this.trace(() => `${person.name}'s device is opened again`);
            person.open();
          });
        },
      },
      saved,
    );
    made.isNewcomer = i >= people;
    return made;
  }

  #search(bytes: Uint8Array, where: string): void {
    const found = this.needles.findIn(bytes);
    if (found !== undefined) this.fail(`[INV10] ${found.name} is ${where}, in ${found.form}`);
  }
}

const ownLogsIn = (changes: readonly Change[]): ReadonlySet<number> =>
  new Set(
    changes.flatMap((it) => (it.table === "logs" && it.row?.own === true ? [it.row.a ?? 0] : [])),
  );
