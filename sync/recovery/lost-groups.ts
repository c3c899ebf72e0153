/**
 * Groups that a restored device knows by name and some members alone. What they were is asked of these,
 * over sessions that have to be begun first; whoever was asked in vain is asked again by the healer, among
 * others. docs/protocol/recovery.md, rule [RV9].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { bytesOf } from "../channel/channels.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import { fetchBundle, keepBundle } from "../outbox/bundles.ts";
import { sendControl } from "../outbox/control.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Effects } from "../receive/effects.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { ReadTx, Store } from "../store/store.ts";

/** Asked at a time: whose relay does not answer is followed by others at the next look. */
const ASKED_MAX = 32;
/** Of one group. */
const ASKED_PER_GROUP_MAX = 3;

const ASK_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "channels",
  "rosters",
  "outbox",
];

export type LostGroupDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly httpOf: (url: string) => RelayHttp;
  readonly effects: Pick<Effects, "upkeep">;
  /** Something waits to be sent. */
  readonly wake: () => void;
};

type Question = { readonly channel: Hex; readonly device: DeviceRow };

export async function askForGroups(deps: LostGroupDeps, self: Self): Promise<void> {
  const { store, lane, timers, random, httpOf, wake, effects } = deps;
  for (const { channel, device } of await store.read(QUESTION_TABLES, questions)) {
    const bundle = await fetchBundle(httpOf, device);
    if (bundle === undefined) continue;
    const payloads = [encodePayload("rosterWant", { channel: bytesOf(channel) })];
    await lane.run(() =>
      store.write(ASK_TABLES, async (tx) => {
        await keepBundle(tx, device.device, bundle);
        const now = (await tx.get("devices", device.device)) ?? device;
        const control = { self, device: now, payloads, before: null, psk: null };
        await sendControl(tx, { ...control, nowMs: timers.now(), random, effects });
      }),
    );
    wake();
  }
}

const QUESTION_TABLES: readonly TableName[] = ["channels", "rosters", "contacts", "devices"];

/** Of each lost group some members whom we have no session with: with others the healer talks. */
async function questions(tx: ReadTx): Promise<readonly Question[]> {
  const asked: Question[] = [];
  for (const { c, digest, joining, members } of await tx.range("rosters", "primary", {})) {
    const isLost = digest === "" && joining === undefined;
    const channel = isLost ? await tx.get("channels", c) : undefined;
    if (channel === undefined) continue;
    const devices: DeviceRow[] = [];
    for (const { account } of members) {
      const contact = await tx.get("contacts", account);
      if (contact === undefined || contact.state === "self" || contact.state === "blocked")
        continue;
      const rows = await tx.range("devices", "account", { lower: account, upper: account });
      const closed = rows.filter((it) => it.card !== null && it.prekeyBundle === null);
      devices.push(...closed.filter((it) => contact.live.includes(it.device)));
    }
    const some = devices.slice(0, ASKED_PER_GROUP_MAX);
    asked.push(...some.map((device) => ({ channel: channel.id, device })));
  }
  return asked.slice(0, ASKED_MAX);
}
