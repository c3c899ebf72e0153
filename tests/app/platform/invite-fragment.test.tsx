import { expect, onTestFinished, test } from "vitest";

import {
  followInviteLinks,
  isDeviceLink,
  isGroupLink,
  takeInviteLink,
} from "../../../app/platform/invite-fragment.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { inviteLinkOf } from "../../../crypto/invite/link.ts";
import { linkOf } from "../../../crypto/link/code.ts";

test("[AIF1] the fragment leaves the address bar at once, and is handed over whole", () => {
  history.replaceState(null, "", "/chat/3#secret-part");
  expect(takeInviteLink()).toBe(`${location.origin}/chat/3#secret-part`);
  expect(location.href).toBe(`${location.origin}/chat/3`);
  expect(takeInviteLink()).toBeNull();
});

test("[AIF2] a fragment that comes while the app runs is handed over, too", async () => {
  const came = Promise.withResolvers<string>();
  onTestFinished(followInviteLinks(came.resolve));
  location.hash = "later";
  expect(await came.promise).toMatch(/#later$/u);
  expect(location.hash).toBe("");
});

test("[AIF3] the code of another device is told from an invite", async () => {
  await ready;
  const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(3);
  const relayUrl = "https://relay.example";
  const common = { secret: bytes(32), expiresAtS: 1_800_000_000, relayUrl };
  const code = linkOf(`${relayUrl}/`, { ...common, shower: "new", commitment: bytes(32) });
  expect(isDeviceLink(code)).toBe(true);
  const invite = inviteLinkOf(`${relayUrl}/`, {
    ...common,
    leadsTo: "person",
    account: bytes(32),
  });
  expect(isDeviceLink(invite)).toBe(false);
  const group = inviteLinkOf(`${relayUrl}/`, { ...common, leadsTo: "group", account: bytes(32) });
  expect(isDeviceLink(group)).toBe(false);
  expect(isDeviceLink(`${relayUrl}/#relay-invite=Ag`)).toBe(false);
});

test("[AIF4] a link into a group is told from one to a person and from a device's code", async () => {
  await ready;
  const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);
  const relayUrl = "https://relay.example";
  for (const fill of [0, 1, 15, 16, 128, 240, 255]) {
    const account = bytes(32, fill);
    const common = { secret: bytes(32, 3), expiresAtS: 1_800_000_000, relayUrl, account };
    const [group, person] = (["group", "person"] as const).map((leadsTo) =>
      inviteLinkOf(`${relayUrl}/`, { ...common, leadsTo }),
    );
    expect([group, person].map((it) => isGroupLink(it!))).toEqual([true, false]);
  }
  const { secret } = { secret: bytes(32, 3) };
  const rest = { secret, expiresAtS: 1_800_000_000, relayUrl, commitment: bytes(32, 9) };
  expect(isGroupLink(linkOf(`${relayUrl}/`, { ...rest, shower: "new" }))).toBe(false);
  expect(isGroupLink(linkOf(`${relayUrl}/`, { ...rest, shower: "member" }))).toBe(false);
});
