/**
 * Whose presence is followed: that of the people on this tab's screen, wherever on it they are. [AWX1] What
 * one place shows does not end what another one follows. [AWX2] The engine follows so many and no more, so
 * what was opened last, the details, comes before the list.
 */
import { useEffect } from "react";

import type { RemoteDevice } from "../engine/remote-device.ts";
import { useSession } from "./session.ts";

/** In the order in which they are followed. */
const PLACES = ["details", "list"] as const;
type Place = (typeof PLACES)[number];

const watched = new WeakMap<RemoteDevice, Map<Place, readonly string[]>>();

/** `accounts`: hex32, those that are seen first in front. */
export function useWatch(place: Place, accounts: readonly string[]): void {
  const { device } = useSession();
  const key = accounts.join(" ");
  useEffect(() => {
    watch(device, place, key === "" ? [] : key.split(" "));
    return () => watch(device, place, []);
  }, [device, place, key]);
}

function watch(device: RemoteDevice, place: Place, accounts: readonly string[]): void {
  const all = watched.get(device) ?? new Map<Place, readonly string[]>();
  watched.set(device, all.set(place, accounts));
  device.watch([...new Set(PLACES.flatMap((it) => all.get(it) ?? []))]);
}
