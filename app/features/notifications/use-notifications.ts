/**
 * Turning notifications on and off, and keeping them on: a browser may drop its subscription or get
 * another address at any time.
 *
 * [ANT1] Turned on only when the browser has agreed and the device knows. [ANT2] What was dropped is made
 * anew when the app opens, without asking the person. [ANT3] They are off where the browser allows them no
 * more, whatever was chosen, and what to do about it is said.
 */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { metaOf } from "../../db/tables.ts";
import {
  listenPreferences,
  type Notifications,
  readPreferences,
  setPreferences,
} from "../../platform/preferences.ts";
import { type PushError, subscribe, subscribedAt, unsubscribe } from "../../platform/push.ts";
import { type Session, useSession } from "../../session/session.ts";

export type Turning = {
  readonly chosen: Notifications;
  /** The browser is being asked. */
  readonly isBusy: boolean;
  readonly error: PushError["type"] | null;
  readonly turn: (on: boolean) => void;
};

export function useNotifications(): Turning {
  const session = useSession();
  const chosen = useNotificationsChosen();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Turning["error"]>(null);
  const turn = useCallback(
    (on: boolean): void => {
      const work = async (): Promise<void> => {
        setBusy(true);
        setError(null);
        setError(await (on ? turnOn(session) : turnOff(session)));
        setBusy(false);
      };
      void work();
    },
    [session],
  );
  return { chosen, isBusy, error, turn };
}

export const useNotificationsChosen = (): Notifications =>
  useSyncExternalStore(listenPreferences, () => readPreferences().notifications);

/** Once, when the app opens. */
export function useKeepNotifications(): void {
  const session = useSession();
  useEffect(() => {
    if (readPreferences().notifications === "on") void renew(session);
  }, [session]);
}

async function turnOn({ device }: Session): Promise<Turning["error"]> {
  const made = await subscribe();
  if (!made.ok) return made.error.type;
  const kept = await device.call("device", "push", made.value);
  if (!kept.ok) return "PushUnavailable";
  setPreferences({ notifications: "on" });
  return null;
}

async function turnOff({ device }: Session): Promise<null> {
  setPreferences({ notifications: "off" });
  await unsubscribe();
  await device.call("device", "push", null);
  return null;
}

async function renew(session: Session): Promise<void> {
  const [found, row] = await Promise.all([subscribedAt(), metaOf(session.db).get("push")]);
  const told = row?.v as { readonly endpoint?: string } | null | undefined;
  const isKept = found !== null && told?.endpoint === found;
  if (!isKept && Notification.permission === "granted") await turnOn(session);
}
