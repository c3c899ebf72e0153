/** A relay of its own process, killed between an urgent message and the push for it. */
import { beforeAll, expect, test } from "vitest";

import { toBase64url } from "../../crypto/base/base64url.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import { PATHS } from "../../sync/wire/http.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { startRelay } from "../e2e/relay-process.ts";
import { LivePerson, livePut, LiveSocket } from "../relay/live-client.ts";
import { pushKeys, putPushOf } from "../relay/push/push-keys.ts";
import { CERTIFICATE_PATH, startPushMock } from "../relay/push/push-mock.ts";

beforeAll(() => ready);

const token = idOf("Token", new Uint8Array(16).fill(9));

test("[PW7] [PE6] a relay killed before the push sends it when it starts, and its log names nobody", async () => {
  const pushed = Promise.withResolvers<void>();
  await using mock = await startPushMock(() => pushed.resolve());
  await using relay = await startRelay({
    KITH_PUSH_HOSTS: mock.origin,
    NODE_EXTRA_CA_CERTS: CERTIFICATE_PATH,
  });
  const bob = await LivePerson.register(relay.url, new Uint8Array(32).fill(1));
  await bob.call("PUT", PATHS.tokens, {
    tokens: [
      {
        hash: toBase64url(tokenHashOf(token)),
        class: "contact",
        label: toBase64url(token.subarray(0, 4)),
        push: true,
        expiresAtMs: Date.now() + 86_400_000,
      },
    ],
  });
  const keys = pushKeys();
  await bob.call("PUT", PATHS.push, putPushOf(`${mock.origin}/wpush/secret-path`, keys));
  const socket = await LiveSocket.open(relay.url);
  const put = livePut(1, [{ mailbox: bob.mailbox, token }], new Uint8Array(100));
  socket.send({ ...put, isUrgent: true });
  expect((await socket.next("ok")).statuses).toEqual([{ status: "stored" }]);
  await relay.kill();
  expect(mock.received).toEqual([]);

  await relay.start();
  await pushed.promise;
  expect(mock.received.map(({ body }) => keys.open(body))).toEqual(["wake"]);
  await relay.stop();
  expect(relay.output()).toContain('"push.taken":1');
  for (const canary of ["secret-path", mock.origin, toBase64url(bob.mailbox)]) {
    expect(relay.output()).not.toContain(canary);
  }
});
