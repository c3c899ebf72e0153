/** What a link into a group allows: how many people, for how long, and whether an admin is asked. */
import { type FormEvent, type ReactElement, useState } from "react";

import { texts } from "../../text/speech.ts";
import { Choice } from "../../ui/choice.tsx";

const DAY_MS = 86_400_000;
/** A relay keeps what lies behind a link for 30 days; an hour of it is left for clocks that differ. */
const MARGIN_MS = 3_600_000;

const USES = ["1", "10", "100", "any"] as const;
const DAYS = ["1", "7", "30"] as const;

export type Terms = {
  readonly uses: number | null;
  readonly expiresInMs: number;
  readonly approval: boolean;
};

type Props = { readonly isMaking: boolean; readonly onMake: (terms: Terms) => void };

export function MakeLinkForm({ isMaking, onMake }: Props): ReactElement {
  const [uses, setUses] = useState<(typeof USES)[number]>("any");
  const [days, setDays] = useState<(typeof DAYS)[number]>("7");
  const [approval, setApproval] = useState(false);
  const words = texts().groups.links;
  const usesOf = (value: string): number | null => (value === "any" ? null : Number(value));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isMaking) return;
    onMake({ uses: usesOf(uses), expiresInMs: Number(days) * DAY_MS - MARGIN_MS, approval });
  };
  return (
    <form className="group-form group-link-form" onSubmit={submit}>
      <Choice
        legend={words.uses}
        values={USES}
        chosen={uses}
        nameOf={(value) => words.usesOf(usesOf(value))}
        onChoose={setUses}
      />
      <Choice
        legend={words.expiry}
        values={DAYS}
        chosen={days}
        nameOf={(value) => words.days(Number(value))}
        onChoose={setDays}
      />
      <label className="switch">
        <input
          type="checkbox"
          checked={approval}
          onChange={(event) => setApproval(event.currentTarget.checked)}
        />
        <span>{words.approval}</span>
      </label>
      <button type="submit" className="primary-button" aria-disabled={isMaking}>
        {isMaking ? words.making : words.make}
      </button>
    </form>
  );
}
