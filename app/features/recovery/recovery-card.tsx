/**
 * Asks, late and once, that the recovery words be written down. [ARC1] Only when there is something to lose;
 * whoever waves it away is not asked again, and neither is who has written them down. [ARC2] While something
 * lies above it, its button is nobody's.
 */
import { type ReactElement, useCallback, useSyncExternalStore } from "react";

import { readRecovery } from "../../db/recovery.ts";
import { listenPreferences, readPreferences, setPreferences } from "../../platform/preferences.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { useRows } from "../../ui/use-rows.ts";

type Props = {
  /** Something lies above it that may have a button of the same name. */
  readonly isCovered: boolean;
  readonly onWords: () => void;
};

export function RecoveryCard({ isCovered, onWords }: Props): ReactElement | null {
  const { db } = useSession();
  const { recoveryOffered } = useSyncExternalStore(listenPreferences, readPreferences);
  const read = useCallback(() => readRecovery(db), [db]);
  const isDue = useRows(read)?.isDue ?? false;
  const { recovery, dismiss } = texts();
  if (!isDue || recoveryOffered) return null;
  const offered = (): void => setPreferences({ recoveryOffered: true });
  return (
    <section className="offer-card" aria-label={recovery.words} aria-hidden={isCovered}>
      <p>{recovery.offer}</p>
      <div className="offer-buttons">
        <button
          type="button"
          className="primary-button"
          onClick={() => {
            offered();
            onWords();
          }}
        >
          {recovery.words}
        </button>
        <button type="button" className="quiet-button" onClick={offered}>
          {dismiss}
        </button>
      </div>
    </section>
  );
}
