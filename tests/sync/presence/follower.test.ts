import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openPresence, type Watched } from "../../../sync/presence/presence.ts";
import type { Link } from "../../../sync/session/link.ts";
import type { Topic } from "../../../sync/wire/ids.ts";
import { bytesOf, idOf } from "../session/played-relay.ts";
import { countingRandom } from "../session/real-relay.ts";
import { HeldTimers } from "../transport/held-timers.ts";

beforeAll(() => ready);

test("[PS12] a device that moved to another relay is followed there, under the same topics", async () => {
  const subscribed: string[] = [];
  const linkAt = (url: string): Link => {
    const note = (what: string) => (topics: readonly Topic[]) =>
      void subscribed.push(...topics.map(() => `${what} ${url}`));
    return { subscribe: note("asks"), unsubscribe: note("leaves") } as unknown as Link;
  };
  const follower = openPresence({
    device: bytesOf(16, 1),
    timers: new HeldTimers(),
    random: countingRandom(),
    now: () => 0,
    publish: () => undefined,
    linkTo: linkAt,
    onPresence: () => undefined,
  });
  const at = (url: string): Watched => ({
    account: "bob",
    devices: [{ device: bytesOf(16, 3), key: bytesOf(32, 2), url, relayId: idOf("RelayId", 4) }],
    lastSeenMs: 0,
  });
  follower.watch([at("https://old.example")]);
  follower.watch([at("https://old.example")]);
  const once = subscribed.length;
  expect(new Set(subscribed)).toEqual(new Set(["asks https://old.example"]));
  follower.watch([at("https://new.example")]);
  expect(new Set(subscribed.slice(once))).toEqual(
    new Set(["leaves https://old.example", "asks https://new.example"]),
  );
  follower.close();
});
