/** Presence for the people we know: who may follow ours, whose we follow, what the app is shown. */
import type { Hex } from "../crypto/base/hex.ts";
import type { Random } from "../crypto/base/random.ts";
import { isRevocationFact } from "../crypto/identity/facts.ts";
import { presenceKeyOf } from "../crypto/presence.ts";
import type { Self } from "./account/self.ts";
import { bytesOf } from "./channel/channels.ts";
import type { Timers } from "./clock/timers.ts";
import { cardOf, heldToken, reachableDevices } from "./contact/contacts.ts";
import type { Presence as PersonStatus } from "./device.ts";
import type { Lane } from "./lane.ts";
import {
  type Audience,
  openPresence,
  type Presence,
  type PresenceOptions,
  type Watched,
} from "./presence/presence.ts";
import type { ContactRow } from "./store/rows.ts";
import type { ReadTx, Store } from "./store/store.ts";
import { idOf } from "./wire/ids.ts";

export type PresenceDeskDeps = Pick<PresenceOptions, "publish" | "linkTo"> & {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly onPresence: (presence: Readonly<Record<Hex, PersonStatus>>) => void;
  readonly failed: (error: unknown) => void;
};

export type PresenceDesk = Pick<
  Presence,
  | "setVisible"
  | "setEnabled"
  | "isHidden"
  | "ownLinkState"
  | "wanted"
  | "linkState"
  | "topic"
  | "close"
> & {
  /** Contacts came, went, showed where they are reached, or have another token of ours. */
  readonly contactsChanged: () => void;
  /** May they know? One of the account's settings; `setEnabled` is of this process. */
  readonly setShown: (shown: boolean) => void;
  /** Accounts on screen; replaces the earlier list. */
  readonly watch: (accounts: readonly Hex[]) => void;
};

export const openPresenceDesk = (deps: PresenceDeskDeps): PresenceDesk => new Desk(deps);

class Desk implements PresenceDesk {
  readonly #deps: PresenceDeskDeps;
  #shown: Readonly<Record<Hex, PersonStatus>> = {};
  #watched: readonly Hex[] = [];
  #presence: Presence | undefined;
  #isDue = false;
  #isVisible = true;
  #isEnabled = true;
  #isShown = true;

  constructor(deps: PresenceDeskDeps) {
    this.#deps = deps;
  }

  readonly contactsChanged = (): void => {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#refresh().catch(this.#deps.failed);
  };
  readonly watch = (accounts: readonly Hex[]): void => {
    this.#watched = accounts;
    this.contactsChanged();
  };
  readonly setVisible = (visible: boolean): void => {
    this.#isVisible = visible;
    this.#open()?.setVisible(visible);
  };
  readonly setEnabled = (enabled: boolean): void => {
    this.#isEnabled = enabled;
    this.#open()?.setEnabled(this.#isEnabled && this.#isShown);
  };
  readonly isHidden = (): boolean => this.#presence?.isHidden() ?? true;
  readonly setShown = (shown: boolean): void => {
    this.#isShown = shown;
    this.setEnabled(this.#isEnabled);
  };
  readonly ownLinkState: Presence["ownLinkState"] = (state) => this.#open()?.ownLinkState(state);
  readonly wanted: Presence["wanted"] = (topic, want) => this.#open()?.wanted(topic, want);
  readonly linkState: Presence["linkState"] = (link, state) => this.#open()?.linkState(link, state);
  readonly topic: Presence["topic"] = (event) => this.#open()?.topic(event);
  readonly close = (): void => this.#presence?.close();

  /** Undefined before `start`: there is nobody to be present. */
  #open(): Presence | undefined {
    const { timers, random, publish, linkTo, failed } = this.#deps;
    const self = this.#deps.self();
    if (this.#presence !== undefined || self === undefined) return this.#presence;
    this.#presence = openPresence({
      device: bytesOf(self.device),
      timers,
      random,
      now: timers.now,
      publish,
      linkTo,
      onPresence: ({ account, online, lastSeenMs }) => {
        this.#show({ ...this.#shown, [account]: { online, lastSeenMs } });
        this.#remember(account, lastSeenMs).catch(failed);
      },
    });
    this.#presence.setVisible(this.#isVisible);
    this.#presence.setEnabled(this.#isEnabled && this.#isShown);
    return this.#presence;
  }

  #show(shown: Readonly<Record<Hex, PersonStatus>>): void {
    this.#shown = shown;
    this.#deps.onPresence(shown);
  }

  /** "Last seen" outlives the app. */
  #remember(account: Hex, lastSeenMs: number): Promise<void> {
    return this.#deps.lane.run(() =>
      this.#deps.store.write(["contacts"], async (tx) => {
        const row = await tx.get("contacts", account);
        if (row === undefined || row.lastSeenMs >= lastSeenMs) return;
        await tx.put("contacts", { ...row, lastSeenMs });
      }),
    );
  }

  /** In the lane: what is being written just now is seen as well. */
  async #refresh(): Promise<void> {
    const { lane, store } = this.#deps;
    const people = await lane.run(() => {
      this.#isDue = false;
      return store.read(["contacts", "devices", "tokens"], (tx) => peopleIn(tx, this.#watched));
    });
    const desk = this.#open();
    if (desk === undefined) return;
    const watched = this.#watched;
    desk.setAudience(people.audience);
    desk.watch(people.onScreen);
    const kept = Object.entries(this.#shown).filter(([account]) => watched.includes(account));
    this.#show(Object.fromEntries(kept));
  }
}

type People = { readonly audience: readonly Audience[]; readonly onScreen: readonly Watched[] };

async function peopleIn(tx: ReadTx, watched: readonly Hex[]): Promise<People> {
  const audience: Audience[] = [];
  const ofEarlier: Audience[] = [];
  const onScreen: Watched[] = [];
  const contacts = await tx.range("contacts", "primary", {});
  const arePutOut = contacts.filter(hasPutOut);
  const mayBeBare = !arePutOut.some((it) => it.state === "self");
  for (const contact of contacts) {
    const { account, state, presenceOut } = contact;
    if (state !== "accepted") continue;
    // Without one they do not know where we are reached, nor whom to follow.
    const token = await heldToken(tx, contact);
    if (token !== undefined) audience.push({ account, key: presenceKeyOf(presenceOut, token) });
    const isBare = mayBeBare && !arePutOut.includes(contact);
    if (isBare && token !== undefined) ofEarlier.push({ account, key: presenceOut });
    if (watched.includes(account)) onScreen.push(...(await watchedOf(tx, contact, isBare)));
  }
  return { audience: [...audience, ...ofEarlier], onScreen };
}

/**
 * Devices of the version before this one show and look under the secret itself, which every device ever
 * knew: it serves where none was put out. Rule [PD6].
 */
const hasPutOut = ({ facts }: ContactRow): boolean => facts.some(isRevocationFact);

/** Empty while they have not told us the key of their presence. `isBare`: that key itself is looked under, too. */
async function watchedOf(
  tx: ReadTx,
  contact: ContactRow,
  isBare: boolean,
): Promise<readonly Watched[]> {
  const { account, presenceIn, lastSeenMs } = contact;
  if (presenceIn === null) return [];
  const devices = (await reachableDevices(tx, account)).flatMap((row) => {
    const relay = cardOf(row)?.relays[0];
    if (relay === undefined) return [];
    const { url, token } = relay;
    const key = presenceKeyOf(presenceIn, token);
    return [{ device: bytesOf(row.device), key, url, relayId: idOf("RelayId", relay.relayId) }];
  });
  const ofEarlier = isBare ? devices.map((it) => ({ ...it, key: presenceIn })) : [];
  return [{ account, devices: [...devices, ...ofEarlier], lastSeenMs }];
}
