import { encodeCard } from "../../../crypto/identity/card.ts";
/** A person as a CONTACT introduces them: real keys, a certificate, a card. */
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import type { ContactContent } from "../../../sync/payload/contact.ts";
import { bytesOf, NOW_MS, type Person, personOf } from "../../crypto/people.ts";

export type Introduced = { readonly person: Person; readonly contact: ContactContent };

/** Needs libsodium: call it after `ready`. */
export function introduced(seed: number, name = "Ada"): Introduced {
  const person = personOf(seed);
  const { certificate, keys } = person.self;
  const card = encodeCard(
    {
      device: certificate.device,
      counter: 1,
      relays: [
        {
          url: "https://relay.example",
          relayId: bytesOf(32, 1),
          mailbox: bytesOf(16, 2),
          token: bytesOf(16, 3),
        },
      ],
      lastSeenDay: Math.floor(NOW_MS / 86_400_000),
      receipts: true,
    },
    keys.sigSecret,
  );
  return {
    person,
    contact: {
      accountKey: person.accountKeys.publicKey,
      name,
      facts: [certificateFactOf(certificate.bytes)],
      cards: [card],
      presenceKey: bytesOf(32, 4),
    },
  };
}
