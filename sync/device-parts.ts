/**
 * The parts of a device and how they hang together: workers go on by themselves, desks do what a person
 * asks for. What they tell each other goes through `Effects`, or is named here.
 */
import type { Random } from "../crypto/base/random.ts";
import type { Self } from "./account/self.ts";
import { type Backfiller, openBackfiller } from "./backfill/backfiller.ts";
import { openBackups } from "./backup/backup.ts";
import type { Timers } from "./clock/timers.ts";
import { type Commands, openCommands } from "./commands.ts";
import { openSeeker, type Seeker } from "./contact/moves.ts";
import type { Device } from "./device.ts";
import { type DevicesDesk, openDevices } from "./devices/desk.ts";
import { type ExpiryPart, openExpiry } from "./expiry/expiry.ts";
import { type Admissions, openAdmissions } from "./group/admissions.ts";
import { type Healing, openHealing } from "./heal/healing.ts";
import type { Home } from "./home.ts";
import type { Lane } from "./lane.ts";
import { type Linking, openLinking } from "./link/linking.ts";
import { type MediaPart, openMedia } from "./media/media.ts";
import type { DeviceDeps } from "./open-device.ts";
import { openPump, type Pump } from "./outbox/pump.ts";
import type { PresenceDesk } from "./presence-desk.ts";
import { openReceiving } from "./receipts/pull.ts";
import { openReceiptSender, type ReceiptSender } from "./receipts/receipt-sender.ts";
import type { Effects } from "./receive/effects.ts";
import { openRecovery, type RecoveryDesk } from "./recovery/recovery.ts";
import { openRooms, type Rooms } from "./rooms/rooms.ts";
import type { Settings } from "./rooms/settings.ts";
import { openSafety } from "./safety/safety.ts";
import type { Knocks } from "./session/knocks.ts";
import type { LinkTo } from "./session/pool.ts";
import type { RelayHttp } from "./session/relay-http.ts";
import type { StatusBoard } from "./status-board.ts";
import type { Store } from "./store/store.ts";
import { openSweeper, type Sweeper } from "./sweeper.ts";
import { openTypingBoard, type TypingBoard } from "./typing/typing.ts";

/** What all parts are given, and what some of them ask of the device as a whole. */
export type Wiring = {
  readonly base: {
    readonly store: Store;
    readonly lane: Lane;
    readonly timers: Timers;
    readonly random: Random;
    readonly self: () => Self | undefined;
    readonly linkTo: LinkTo;
    readonly knocks: Knocks;
    readonly failed: (error: unknown) => void;
  };
  readonly deps: DeviceDeps;
  readonly board: StatusBoard;
  readonly effects: Effects;
  readonly httpOf: (url: string) => RelayHttp;
  readonly storeIncOf: (url: string) => string;
  readonly home: () => Home;
  readonly presence: () => PresenceDesk;
  /** What was put off goes on. */
  readonly resume: () => void;
  /** There is an account from now on. */
  readonly started: (self: Self) => void;
  /** Nothing is sent, asked for or taken any more. */
  readonly goQuiet: () => void;
};

export type Workers = {
  readonly pump: Pump;
  readonly receipts: ReceiptSender;
  readonly receiving: Device["receipts"];
  readonly healing: Healing;
  readonly seeker: Seeker;
  readonly backfiller: Backfiller;
  readonly media: MediaPart;
  readonly expiry: ExpiryPart;
  readonly sweeper: Sweeper;
  readonly admissions: Admissions;
  readonly typing: TypingBoard;
};

/** Those that hear of a thing first stand first. */
export function openWorkers(wiring: Wiring): Workers {
  const { base, deps, board, effects, httpOf, home, presence, resume } = wiring;
  const lost = (): void => workers.healing.lost();
  const pump = openPump({
    ...base,
    httpOf,
    storeIncOf: wiring.storeIncOf,
    upkeep: () => void home().tend(),
    lost,
    wrote: (c) => workers.healing.wrote(c),
    receipt: (c) => workers.receipts.changed(c),
    maySpeak: () => !home().isCatchingUp(),
  });
  const { wake, open } = pump;
  const found = (): void => {
    resume();
    presence().contactsChanged();
  };
  const workers: Workers = {
    pump,
    receipts: openReceiptSender({ ...base, lost, wake, open, effects }),
    receiving: openReceiving({ ...base, wake, effects }),
    healing: openHealing({
      ...base,
      wake,
      open,
      effects,
      onMissing: (missing) => board.change({ missing }),
    }),
    seeker: openSeeker({ ...base, httpOf, found }),
    backfiller: openBackfiller({
      ...base,
      httpOf,
      wake,
      effects,
      mayAsk: () => home().isRead(),
      onLeft: (historyLeft) => board.change({ historyLeft }),
    }),
    media: openMedia({
      ...base,
      transport: deps.transport,
      homeUrl: deps.homeUrl,
      httpOf,
      wake,
      open,
      effects,
      dropped: deps.dropped,
    }),
    expiry: openExpiry({ ...base, effects }),
    sweeper: openSweeper(base),
    admissions: openAdmissions({ ...base, effects }),
    typing: openTypingBoard({ ...base, onTyping: (typing) => board.change({ typing }) }),
  };
  return workers;
}

export type Desks = {
  readonly commands: Commands;
  readonly rooms: Rooms;
  readonly linking: Linking;
  readonly recovery: RecoveryDesk;
  readonly safety: Device["safety"];
  readonly backup: Device["backup"];
  readonly devices: DevicesDesk;
};

export function openDesks(wiring: Wiring, { pump }: Pick<Workers, "pump">): Desks {
  const { base, deps, board, effects, httpOf, home, presence, started, goQuiet } = wiring;
  const { transport, homeUrl, appUrl } = deps;
  const { wake } = pump;
  const person = { ...base, transport, homeUrl, appUrl, started, effects };
  const settled = ({ presenceShown }: Settings): void => presence().setShown(presenceShown);
  const dropped = (reason: string): void => deps.dropped?.(reason);
  const { selfChanged } = effects;
  return {
    commands: openCommands({ ...person, tend: () => home().tend() }),
    rooms: openRooms({ ...base, wake, settled, dropped }, deps.loadRooms ?? null),
    linking: openLinking({ ...person, changed: (linking) => board.change({ linking }) }),
    recovery: openRecovery({ ...person, wake, httpOf, selfChanged }),
    safety: openSafety(base),
    backup: openBackups(person),
    devices: openDevices({
      ...person,
      isOut: goQuiet,
      hide: () => {
        presence().setEnabled(false);
        // What is owed to those who saw us goes over that connection.
        home().link()?.wake();
      },
      isHidden: () => presence().isHidden(),
    }),
  };
}
