/**
 * Groups that a restored device knows by name and some members alone. What they were is asked of any of
 * these by the healer, over sessions that have to be begun first: here it gets the keys for that.
 * docs/protocol/recovery.md, rule [RV9].
 */
import type { Lane } from "../lane.ts";
import { fetchBundle, keepBundle } from "../outbox/bundles.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, Store } from "../store/store.ts";

/** Bundles fetched at a time: who does not answer is followed by others at the next look. */
const FETCHES_MAX = 32;

export type LostGroupDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly httpOf: (url: string) => RelayHttp;
  /** There is somebody to ask. */
  readonly found: () => void;
};

export async function openLostGroups({ store, lane, httpOf, found }: LostGroupDeps): Promise<void> {
  const devices = await store.read(["rosters", "contacts", "devices"], unopened);
  let isFound = false;
  for (const device of devices) {
    const bundle = await fetchBundle(httpOf, device);
    if (bundle === undefined) continue;
    await lane.run(() =>
      store.write(["devices", "outbox"], (tx) => keepBundle(tx, device.device, bundle)),
    );
    isFound = true;
  }
  if (isFound) found();
}

async function unopened(tx: ReadTx): Promise<readonly DeviceRow[]> {
  const lost = (await tx.range("rosters", "primary", {})).filter(
    (it) => it.digest === "" && it.joining === undefined,
  );
  const devices = new Map<string, DeviceRow>();
  for (const { members } of lost) {
    for (const { account } of members) {
      const range = { lower: account, upper: account };
      const live = (await tx.get("contacts", account))?.live ?? [];
      for (const row of await tx.range("devices", "account", range)) {
        const isClosed =
          row.card !== null && row.prekeyBundle === null && live.includes(row.device);
        if (isClosed && devices.size < FETCHES_MAX) devices.set(row.device, row);
      }
    }
  }
  return [...devices.values()];
}
