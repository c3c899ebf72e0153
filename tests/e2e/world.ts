/**
 * What a spec begins with: a relay, and any number of people who share nothing. The relay is that of all
 * tests of a worker, unless a spec does something to it: then it says `test.use({ ownRelay: true })`. At
 * the end of each test no page has thrown, and none was refused anything by its own content security policy.
 */
import {
  test as base,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
} from "@playwright/test";

import { type Person, person } from "./person.ts";
import { type RelayProcess, startRelay } from "./relay-process.ts";

type World = {
  /** Whether the relay is of one test alone, which may then stop it, or look at what it holds. */
  readonly ownRelay: boolean;
  /** Settings of an own relay, for `test.use`. */
  readonly relayEnv: Readonly<Record<string, string>>;
  readonly relay: RelayProcess;
  /** Somebody before an empty page. `url`: where they get the app from, else the relay. */
  readonly newcomer: (url?: string, options?: BrowserContextOptions) => Promise<Person>;
  /** Alice and Bob: each has the other's chat open. */
  readonly friends: (url?: string) => Promise<readonly [alice: Person, bob: Person]>;
  /** Has the pages of a context watched, as those of all newcomers are. */
  readonly watch: (context: BrowserContext) => Promise<void>;
};

/** Starts with the first test that wants it. */
type Shared = { readonly sharedRelay: () => Promise<RelayProcess> };

export const test = base.extend<World, Shared>({
  ownRelay: [false, { option: true }],
  relayEnv: [{}, { option: true }],
  sharedRelay: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads which fixtures this needs from it
    async ({}, use) => {
      let started: Promise<RelayProcess> | undefined;
      await use(async () => untouchable(await (started ??= startRelay())));
      await (await started)?.[Symbol.asyncDispose]();
    },
    { scope: "worker" },
  ],
  relay: async ({ ownRelay, relayEnv, sharedRelay }, use) => {
    if (!ownRelay) return await use(await sharedRelay());
    await using relay = await startRelay(relayEnv);
    await use(relay);
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads which fixtures this needs from it
  watch: async ({}, use) => {
    const faults: string[] = [];
    await use((context) => noteFaults(context, faults));
    expect(faults).toEqual([]);
  },
  newcomer: async ({ browser, relay, watch }, use) => {
    await using people = new AsyncDisposableStack();
    await use(async (url = relay.url, options = {}) => {
      const someone = people.use(await person(browser, url, options));
      await watch(someone.context);
      return someone;
    });
  },
  friends: async ({ newcomer }, use) => {
    await use(async (url) => {
      const [alice, bob] = await Promise.all([newcomer(url), newcomer(url)]);
      await alice.start("Alice");
      await bob.accept(await alice.invite(), "Bob");
      await alice.open("Bob");
      return [alice, bob];
    });
  },
});

function untouchable(relay: RelayProcess): RelayProcess {
  const refuse = async (): Promise<never> => {
    throw new Error("this relay is that of other tests too: test.use({ ownRelay: true })");
  };
  const kept = { kill: refuse, stop: refuse, start: refuse, loseStore: refuse, missFor: refuse };
  return { ...relay, ...kept, [Symbol.asyncDispose]: refuse };
}

const REFUSED = "refused by the policy:";

async function noteFaults(context: BrowserContext, faults: string[]): Promise<void> {
  context.on("weberror", (fault) => faults.push(fault.error().message));
  context.on("console", (message) => {
    if (message.text().startsWith(REFUSED)) faults.push(message.text());
  });
  // Firefox tells nobody else.
  await context.addInitScript((refused) => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      // oxlint-disable-next-line no-console -- this is how the page speaks to the listener above
      console.error(`${refused} ${violatedDirective} ${blockedURI}`);
    });
  }, REFUSED);
}
