/** What relays had not delivered, and who brought it back: counted by relay, over all chats. */
import { type ReactElement, useCallback } from "react";

import { readRelayLosses } from "../../db/troubles.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useRows } from "../../ui/use-rows.ts";

export function RelayLosses(): ReactElement | null {
  const { db, me } = useSession();
  const read = useCallback(() => readRelayLosses(db, me.account), [db, me]);
  const losses = useRows(read) ?? [];
  const words = texts().healing;
  if (losses.length === 0) return null;
  return (
    <section aria-labelledby="relay-losses">
      <h2 id="relay-losses">{words.lossesHeading}</h2>
      <ul className="copies">
        {losses.map(({ relay, count, by }) => (
          <li className="copy" key={relay}>
            {words.healed(relay, count, by)}
          </li>
        ))}
      </ul>
    </section>
  );
}
