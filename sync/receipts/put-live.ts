/**
 * Putting a live frame that lasts: a cursor, a digest. Whoever shares a relay is told by one PUT, and each at
 * the first of their relays that takes it. Where nobody is any more is noted: rule [HE17].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import { cardOf } from "../contact/contacts.ts";
import { type DenialDeps, isNews, noteLater, tellsWhere } from "../outbox/denials.ts";
import type { Link } from "../session/link.ts";
import type { LinkTo } from "../session/pool.ts";
import type { DeviceRow } from "../store/rows.ts";
import { idOf } from "../wire/ids.ts";
import { PUT_TARGETS_MAX, SLOT_TTL_MS_MAX } from "../wire/limits.ts";
import type { PutStatus } from "../wire/ok-frame.ts";
import type { PutTarget } from "../wire/put-frame.ts";

export type LiveDeps = DenialDeps & { readonly linkTo: LinkTo };

/** `slot`: the relay keeps the newest of those with this one; null: it replaces nothing. */
export type LiveFrame = { readonly body: Uint8Array; readonly slot: Uint8Array | null };

/** `away`: no way out now. `refused`: a relay said no. */
export type Outcome = "stored" | "away" | "refused";

/** The worst that became of it: `refused` of any device, else `away` of any. */
export async function putLive(
  { linkTo, ...deps }: LiveDeps,
  frame: LiveFrame,
  devices: readonly DeviceRow[],
): Promise<Outcome> {
  const refused = new Set<Hex>();
  const answers = new Map<Hex, PutStatus>();
  let left = devices.map((device) => ({ device, relays: cardOf(device)?.relays ?? [] }));
  for (let nth = 0; left.some(({ relays }) => relays.length > nth); nth += 1) {
    const parcels = new Map<Link, Addressed[]>();
    for (const { device, relays } of left) {
      const relay = relays[nth];
      const link = relay && linkTo(relay.url, idOf("RelayId", relay.relayId), device.account);
      if (relay === undefined || link === null || link === undefined) continue;
      const mailbox = idOf("MailboxId", relay.mailbox);
      const target = { mailbox, token: idOf("Token", relay.token) };
      parcels.set(link, [...(parcels.get(link) ?? []), { id: device.device, target }]);
    }
    const stored = new Set<Hex>();
    for (const [link, all] of parcels) {
      for (let at = 0; at < all.length; at += PUT_TARGETS_MAX) {
        await put(link, frame, all.slice(at, at + PUT_TARGETS_MAX), {
          stored,
          refused,
          answers,
        });
      }
    }
    left = left.filter(({ device }) => !stored.has(device.device));
  }
  const news = devices.flatMap((it) => {
    const answer = answers.get(it.device);
    return answer !== undefined && isNews(it, answer) ? [[it.device, answer] as const] : [];
  });
  await noteLater(deps, new Map(news));
  if (left.some(({ device }) => refused.has(device.device))) return "refused";
  return left.length === 0 ? "stored" : "away";
}

type Addressed = { readonly id: Hex; readonly target: PutTarget };
type Told = {
  readonly stored: Set<Hex>;
  readonly refused: Set<Hex>;
  readonly answers: Map<Hex, PutStatus>;
};

async function put(
  link: Link,
  { body, slot }: LiveFrame,
  to: readonly Addressed[],
  { stored, refused, answers }: Told,
): Promise<void> {
  const answer = await link.put({
    envelope: idOf("EnvelopeId", envelopeIdOf(body)),
    isEphemeral: false,
    isUrgent: false,
    slot: slot === null ? null : idOf("SlotId", slot),
    ttlSeconds: SLOT_TTL_MS_MAX / 1_000,
    targets: to.map(({ target }) => target),
    body,
  });
  if (!answer.ok) return;
  for (const [i, { id }] of to.entries()) {
    const said = answer.value[i];
    if (said !== undefined && tellsWhere(said)) answers.set(id, said);
    const status = said?.status;
    if (status === "stored" || status === "duplicate") stored.add(id);
    else if (status !== undefined && status !== "busy") refused.add(id);
  }
}
