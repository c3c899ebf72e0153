/** The asks of a tab that have no answer yet: those that wait for an engine, and those it was given. */
import { err } from "../../crypto/base/result.ts";
import { type Answer, type Ask, ASKS_OUTSTANDING_MAX } from "./messages.ts";

type OpenAsk = {
  readonly ask: Ask;
  readonly settle: (answer: Answer) => void;
  given: boolean;
};

export type OpenAsks = {
  /** Never more than ASKS_OUTSTANDING_MAX: the next is `EngineBusy`. */
  readonly add: (ask: Ask) => Promise<Answer>;
  /** Gives to the engine what waits. */
  readonly flush: () => void;
  readonly answered: (id: number, answer: Answer) => void;
  /** The engine is gone: whatever it was given has no answer. What waits goes on waiting. */
  readonly lose: () => void;
};

export function openAsks(give: (id: number, ask: Ask) => void): OpenAsks {
  const asks = new Map<number, OpenAsk>();
  let last = 0;

  const answered = (id: number, answer: Answer): void => {
    asks.get(id)?.settle(answer);
    asks.delete(id);
  };
  return {
    add: (ask) => {
      if (asks.size >= ASKS_OUTSTANDING_MAX) return Promise.resolve(err({ type: "EngineBusy" }));
      last += 1;
      const id = last;
      return new Promise((settle) => asks.set(id, { ask, settle, given: false }));
    },
    flush: () => {
      for (const [id, open] of asks) {
        if (open.given) continue;
        open.given = true;
        give(id, open.ask);
      }
    },
    answered,
    lose: () => {
      for (const [id, { given }] of asks) {
        if (given) answered(id, err({ type: "EngineGone" }));
      }
    },
  };
}
