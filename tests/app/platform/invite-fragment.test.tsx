import { expect, onTestFinished, test } from "vitest";

import { followInviteLinks, takeInviteLink } from "../../../app/platform/invite-fragment.ts";

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
