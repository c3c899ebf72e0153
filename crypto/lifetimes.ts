/**
 * The one table of lifetimes (docs/protocol/crypto.md). They hang together: whatever a relay may
 * still deliver must still find its keys.
 */
import { assert } from "./base/assert.ts";

const DAY_MS = 86_400_000;

/** A sealed body that waited longer in an outbox is sealed anew before it is sent. */
export const SEALED_BODY_MS_MAX = 20 * DAY_MS;
/** A relay keeps an envelope so long. */
export const RELAY_KEEPS_MS_MAX = 30 * DAY_MS;
/** Peer chains, skipped keys, old sessions and prekey secrets are erased after so long. */
export const SECRETS_LIVE_MS = 55 * DAY_MS;
/** A device that is online makes a new prekey bundle when its newest is older. */
export const PREKEYS_RENEW_MS = 3 * DAY_MS;
/** An unanswered session is started again when the peer shows a newer card. */
export const SESSION_UNANSWERED_MS_MAX = 7 * DAY_MS;
/** A session may be reset after an authenticated failure, once in so long. */
export const SESSION_RESET_MS_MIN = DAY_MS;

assert(SEALED_BODY_MS_MAX + RELAY_KEEPS_MS_MAX < SECRETS_LIVE_MS, "keys outlive what they open");
