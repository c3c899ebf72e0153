/** The asks of a tab that have no answer yet: waiting for an engine, given to it, or taken by it. */
import { err } from "../../crypto/base/result.ts";
import type { Answer, Call } from "./calls.ts";
import { ASKS_OUTSTANDING_MAX } from "./messages.ts";

type OpenAsk = {
  readonly call: Call;
  readonly settle: (answer: Answer) => void;
  stage: "waiting" | "given" | "taken";
};

export type OpenAsks = {
  /** Never more than ASKS_OUTSTANDING_MAX: the next is `EngineBusy`. */
  readonly add: (call: Call) => Promise<Answer>;
  /** Gives to the engine what waits. */
  readonly flush: () => void;
  readonly taken: (id: number) => void;
  readonly answered: (id: number, answer: Answer) => void;
  /** The engine is gone. What it took has no answer; what it never took waits for the next one. */
  readonly lose: () => void;
  /** There will be no engine for this tab any more. */
  readonly retire: () => void;
};

export function openAsks(give: (id: number, call: Call) => void): OpenAsks {
  const asks = new Map<number, OpenAsk>();
  let last = 0;

  const answered = (id: number, answer: Answer): void => {
    asks.get(id)?.settle(answer);
    asks.delete(id);
  };
  return {
    add: (call) => {
      if (asks.size >= ASKS_OUTSTANDING_MAX) return Promise.resolve(err({ type: "EngineBusy" }));
      last += 1;
      const id = last;
      return new Promise((settle) => asks.set(id, { call, settle, stage: "waiting" }));
    },
    flush: () => {
      for (const [id, open] of asks) {
        if (open.stage !== "waiting") continue;
        open.stage = "given";
        give(id, open.call);
      }
    },
    taken: (id) => {
      const open = asks.get(id);
      if (open !== undefined) open.stage = "taken";
    },
    answered,
    retire: () => {
      for (const id of asks.keys()) answered(id, err({ type: "EngineGone" }));
    },
    lose: () => {
      for (const [id, open] of asks) {
        if (open.stage === "taken") answered(id, err({ type: "EngineGone" }));
        else open.stage = "waiting";
      }
    },
  };
}
