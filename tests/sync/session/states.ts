import type { LinkState } from "../../../sync/session/link.ts";
import { CLOSE } from "../../../sync/wire/close-codes.ts";
import { idOf, openStage, type Stage, stage, welcome } from "./played-relay.ts";

/** Every state, and how a link comes into it. */
export const STATES = {
  idle: async () => stage("guest"),
  connecting: async () => {
    const it = stage("owner");
    it.network.setRoute("blackHole");
    return it;
  },
  welcoming: async () => {
    const it = stage("owner");
    it.relay.isGreeting = false;
    await it.timers.settle();
    return it;
  },
  authing: async () => {
    const it = stage("owner");
    await it.timers.settle();
    return it;
  },
  openOwner: () => openStage("owner"),
  openGuest: () => openStage("guest"),
  waiting: async () => {
    const it = stage("owner");
    it.network.setRoute("down");
    await it.timers.settle();
    it.timers.jump(1_000);
    return it;
  },
  replaced: async () => {
    const it = await openStage("owner");
    it.relay.hangUp(CLOSE.replaced);
    await it.timers.settle();
    it.timers.jump(1_000);
    return it;
  },
  refused: async () => {
    const it = stage("owner");
    it.relay.isGreeting = false;
    await it.timers.settle();
    it.relay.say(welcome({ relayId: idOf("RelayId", 8) }));
    await it.timers.settle();
    it.timers.jump(1_000);
    return it;
  },
  closed: async () => {
    const it = await openStage("owner");
    it.link.close();
    return it;
  },
} as const satisfies Record<string, () => Promise<Stage>>;
export type StateName = keyof typeof STATES;

export const nameOf = (state: LinkState): string =>
  state.type === "waiting" ? state.why : state.type;
