/** What the roster of a group says about words in it. docs/protocol/messages.md, [MO5] and [MO17]. */
import { toHex } from "../../crypto/base/hex.ts";
import { judge } from "../roster/judge.ts";
import type { Action } from "../roster/may.ts";
import type { Roster } from "../roster/resolve.ts";
import type { Judge } from "./judge.ts";
import type { Act } from "./said.ts";

/** Of another roster (another digest) the answers may be others: `refile` then what it concerns. */
export function rosterJudge(roster: Roster): Judge {
  const may = ({ account, ref, auth }: Act, action: Action): boolean =>
    judge(
      roster,
      { author: account, log: toHex(ref.log), seq: ref.seq, auth: auth.map(toHex) },
      action,
    ).ok;
  return {
    accepts: (act) => may(act, { type: "write" }),
    deletes: (act, author) => may(act, { type: "delete", account: author }),
    pins: (act) => may(act, { type: "pin" }),
    describes: (act) => may(act, { type: "meta" }),
  };
}
