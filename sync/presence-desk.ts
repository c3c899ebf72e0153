/** Presence for the people we know: who may follow ours, whose we follow, what the app is shown. */
import type { Random } from "../crypto/base/random.ts";
import type { Self } from "./account/self.ts";
import { bytesOf } from "./channel/channels.ts";
import type { Timers } from "./clock/timers.ts";
import { cardOf, reachableDevices } from "./contact/contacts.ts";
import type { Presence as PersonStatus } from "./device.ts";
import type { Lane } from "./lane.ts";
import {
  openPresence,
  type Presence,
  type PresenceOptions,
  type Watched,
} from "./presence/presence.ts";
import type { Hex } from "./store/rows.ts";
import type { Store } from "./store/store.ts";
import type { RelayId } from "./wire/ids.ts";

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
  "setVisible" | "ownLinkState" | "wanted" | "linkState" | "topic" | "close"
> & {
  /** Contacts came, went, or showed where they are reached. */
  readonly contactsChanged: () => void;
  /** Accounts on screen; replaces the earlier list. */
  readonly watch: (accounts: readonly Hex[]) => void;
};

export function openPresenceDesk(deps: PresenceDeskDeps): PresenceDesk {
  let shown: Readonly<Record<Hex, PersonStatus>> = {};
  let watched: readonly Hex[] = [];
  let presence: Presence | undefined;
  let isVisible = true;

  const ensure = (): Presence | undefined => {
    const self = deps.self();
    if (presence === undefined && self !== undefined) {
      presence = openPresence({
        device: bytesOf(self.device),
        timers: deps.timers,
        random: deps.random,
        now: deps.timers.now,
        publish: deps.publish,
        linkTo: deps.linkTo,
        onPresence: ({ account, online, lastSeenMs }) => {
          shown = { ...shown, [account]: { online, lastSeenMs } };
          deps.onPresence(shown);
          void remember(account, lastSeenMs).catch(deps.failed);
        },
      });
      presence.setVisible(isVisible);
    }
    return presence;
  };
  /** "Last seen" outlives the app. */
  const remember = (account: Hex, lastSeenMs: number): Promise<void> =>
    deps.lane.run(() =>
      deps.store.write(["contacts"], async (tx) => {
        const row = await tx.get("contacts", account);
        if (row === undefined || row.lastSeenMs >= lastSeenMs) return;
        await tx.put("contacts", { ...row, lastSeenMs });
      }),
    );
  const refresh = async (): Promise<void> => {
    const desk = ensure();
    if (desk === undefined) return;
    const people = await deps.store.read(["contacts", "devices"], async (tx) => {
      const contacts = await tx.range("contacts", "primary", {});
      const accepted = contacts.filter((it) => it.state === "accepted");
      const onScreen: Watched[] = [];
      for (const { account, presenceIn, lastSeenMs } of accepted) {
        if (presenceIn === null || !watched.includes(account)) continue;
        const devices = (await reachableDevices(tx, account)).flatMap((row) => {
          const relay = cardOf(row)?.relays[0];
          return relay === undefined
            ? []
            : [
                {
                  device: bytesOf(row.device),
                  url: relay.url,
                  relayId: relay.relayId as RelayId,
                },
              ];
        });
        onScreen.push({ account, presenceIn, devices, lastSeenMs });
      }
      return { accepted, onScreen };
    });
    desk.setAudience(people.accepted.map(({ account, presenceOut }) => ({ account, presenceOut })));
    desk.watch(people.onScreen);
    const kept = Object.entries(shown).filter(([account]) => watched.includes(account));
    shown = Object.fromEntries(kept);
    deps.onPresence(shown);
  };
  return {
    contactsChanged: () => void refresh().catch(deps.failed),
    watch: (accounts) => {
      watched = accounts;
      void refresh().catch(deps.failed);
    },
    setVisible: (visible) => {
      isVisible = visible;
      ensure()?.setVisible(visible);
    },
    ownLinkState: (state) => ensure()?.ownLinkState(state),
    wanted: (topic, isWanted) => ensure()?.wanted(topic, isWanted),
    linkState: (link, state) => ensure()?.linkState(link, state),
    topic: (event) => ensure()?.topic(event),
    close: () => presence?.close(),
  };
}
