/** What newcomers may read of the past: nothing, a week, all. */
import type { ReactElement } from "react";

import { HISTORY_POLICIES, type HistoryPolicy } from "../../../sync/roster/may.ts";
import { texts } from "../../text/speech.ts";
import { Choice } from "../../ui/choice.tsx";

type Props = {
  readonly chosen: HistoryPolicy;
  readonly onChoose: (policy: HistoryPolicy) => void;
};

export const HistoryChoice = ({ chosen, onChoose }: Props): ReactElement => (
  <div>
    <Choice
      legend={texts().groups.history}
      values={HISTORY_POLICIES}
      chosen={chosen}
      nameOf={(policy) => texts().groups.histories[policy]}
      onChoose={onChoose}
    />
    <p className="hint">{texts().groups.historyHint}</p>
  </div>
);
