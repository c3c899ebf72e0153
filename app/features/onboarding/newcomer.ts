/**
 * What the first screen does: make the account, then open the chat of the invite, if there is one. The
 * link that a relay's operator hands out leads to no chat: it lets its relay take the person in.
 */
import { ok, type Result } from "../../../crypto/base/result.ts";
import type { AdmitError, InviteError, StartError } from "../../../sync/refusals.ts";
import type { EngineFailure } from "../../engine/calls.ts";
import type { RemoteDevice } from "../../engine/remote-device.ts";
import { isGroupLink, relayInviteOf } from "../../platform/invite-fragment.ts";

export type Newcomer = {
  /** Where the link leads; null: there is none. */
  readonly invited: "person" | "group" | null;
  readonly start: (name: string) => Promise<Result<void, StartError | EngineFailure>>;
  /** The chat's number; null without an invite. */
  readonly openInvite: () => Promise<
    Result<number | null, InviteError | AdmitError | EngineFailure>
  >;
};

export const newcomerOf = (device: RemoteDevice, link: string | null): Newcomer => ({
  invited: invitedBy(link),
  start: async (name) => {
    const started = await device.call("device", "start", name);
    // Another tab of this browser was quicker: the person is set up, and that is what was wanted.
    return !started.ok && started.error.type === "AlreadyStarted" ? ok(undefined) : started;
  },
  openInvite: async () => {
    if (link === null) return ok(null);
    const inviteToken = relayInviteOf(link);
    if (inviteToken !== null) {
      const admitted = await device.call("device", "admit", inviteToken);
      return admitted.ok ? ok(null) : admitted;
    }
    const opened = await device.call("device", "acceptInvite", link);
    return opened.ok ? ok(opened.value.c) : opened;
  },
});

function invitedBy(link: string | null): Newcomer["invited"] {
  if (link === null || relayInviteOf(link) !== null) return null;
  return isGroupLink(link) ? "group" : "person";
}
