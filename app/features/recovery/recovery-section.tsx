/**
 * In the settings: the recovery words, and backups out and in. [ARH1] On whose word this device forgot the words
 * is said: a device that was stolen may have said it.
 */
import { type ReactElement, useCallback } from "react";

import { readRecovery } from "../../db/recovery.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { fullTime } from "../../text/times.ts";
import { useRows } from "../../ui/use-rows.ts";
import type { RecoveryPanel } from "./panels.tsx";

type Props = { readonly onPanel: (panel: RecoveryPanel) => void };

export function RecoverySection({ onPanel }: Props): ReactElement {
  const { db } = useSession();
  const read = useCallback(() => readRecovery(db), [db]);
  const state = useRows(read) ?? null;
  const words = texts().recovery;
  const when = state?.backedUpAtMs ?? 0;
  return (
    <section>
      <h3>{words.heading}</h3>
      <p className="hint">
        {state === null ? "" : state.isKept ? words.wordsKept : words.wordsOpen}
      </p>
      {state?.keptBy === undefined || state.keptBy === null ? null : (
        <p className="hint">{words.keptBy(state.keptBy.name, fullTime(state.keptBy.atMs))}</p>
      )}
      <p className="hint">
        {state === null ? "" : when === 0 ? words.noBackup : words.lastBackup(fullTime(when))}
      </p>
      <div className="button-row">
        <button type="button" className="quiet-button" onClick={() => onPanel("words")}>
          {words.words}
        </button>
        <ExportButton onClick={() => onPanel("export")} />
        <button type="button" className="quiet-button" onClick={() => onPanel("import")}>
          {words.importBackup}
        </button>
      </div>
    </section>
  );
}

/** Also where it is said that this device is the only copy. */
export const ExportButton = ({ onClick }: { readonly onClick: () => void }): ReactElement => (
  <button type="button" className="quiet-button" onClick={onClick}>
    {texts().recovery.exportBackup}
  </button>
);
