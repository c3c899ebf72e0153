/** Renders a part of the app for a person who has started: a real device, rows in the clear. */
import "fake-indexeddb/auto";
import { cleanup, configure, render, type RenderResult } from "@testing-library/react";
import type { Dexie } from "dexie";
import type { ReactElement } from "react";
import { onTestFinished } from "vitest";
import { Router } from "wouter";
import { memoryLocation } from "wouter/memory-location";

import type { ToEngine, ToTab } from "../../app/engine/messages.ts";
import { openRemoteDevice, type RemoteDevice } from "../../app/engine/remote-device.ts";
import { SessionContext } from "../../app/session/session.ts";
import { speak } from "../../app/text/speech.ts";
import { Announcer } from "../../app/ui/announcer.tsx";
import type { Status } from "../../sync/device.ts";
import { openRows, US } from "./db/rows.ts";

/** A busy machine is no fault of the app. */
const FIND_MAX_MS = 20_000;
configure({ asyncUtilTimeout: FIND_MAX_MS });

/** Where the focus goes back to when a dialog closes. */
const backTo = new WeakMap<HTMLDialogElement, Element | null>();

/** What jsdom lacks: it has no layout, and no dialogs. */
function fillIn(): void {
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  globalThis.matchMedia ??= (query) =>
    Object.assign(new EventTarget(), { matches: false, media: query }) as unknown as MediaQueryList;
  if (!("showModal" in HTMLDialogElement.prototype)) {
    Object.assign(HTMLDialogElement.prototype, {
      showModal(this: HTMLDialogElement) {
        backTo.set(this, document.activeElement);
        this.setAttribute("open", "");
      },
      close(this: HTMLDialogElement) {
        if (!this.open) return;
        this.removeAttribute("open");
        const before = backTo.get(this);
        if (before instanceof HTMLElement) before.focus();
      },
    });
  }
  if (!("scrollIntoView" in Element.prototype)) {
    Object.assign(Element.prototype, { scrollIntoView: () => undefined });
  }
  globalThis.CSS ??= { escape: (text: string) => text } as unknown as typeof CSS;
}

export const CALM: Status = {
  connection: { type: "connected" },
  presence: {},
  typing: {},
  storage: "ok",
  clockOffWarning: false,
  missing: {},
  historyLeft: 0,
  relayRenewed: false,
  linking: null,
};

export type EngineEnd = {
  /** What the screens told and asked, oldest first. */
  readonly heard: readonly ToEngine[];
  readonly say: (message: ToTab) => void;
};

/** A door whose other end the test holds. */
export async function openDoor(): Promise<{
  readonly device: RemoteDevice;
  readonly engine: EngineEnd;
}> {
  const heard: ToEngine[] = [];
  let say: (message: ToTab) => void = () => undefined;
  const device = openRemoteDevice({
    tab: "tab",
    when: Promise.resolve(),
    whenGone: () => new Promise(() => undefined),
    dial: () => ({
      post: (message) => heard.push(message),
      listen: (listener) => {
        say = listener;
      },
      close: () => undefined,
    }),
    every: () => () => undefined,
  });
  // It dials in the next turn.
  await Promise.resolve();
  return { device, engine: { heard, say: (message) => say(message) } };
}

export type Shown = RenderResult & {
  readonly db: Dexie;
  readonly engine: EngineEnd;
  readonly location: ReturnType<typeof memoryLocation>;
};

export async function show(
  element: ReactElement,
  { db: given, path = "/" }: { readonly db?: Dexie; readonly path?: string } = {},
): Promise<Shown> {
  fillIn();
  speak("en", ["en-GB"]);
  const db = given ?? (await openRows());
  const { device, engine } = await openDoor();
  const location = memoryLocation({ path, record: true });
  engine.say({ type: "ready", life: "life" });
  engine.say({ type: "status", status: CALM });
  const shown = render(
    <Router hook={location.hook}>
      <SessionContext value={{ db, device, me: { account: US, name: "Alice" } }}>
        <Announcer>{element}</Announcer>
      </SessionContext>
    </Router>,
  );
  onTestFinished(() => {
    cleanup();
    db.close();
  });
  return { ...shown, db, engine, location };
}
