/** Whose word was that somebody came into a group or went from it, after it was made. */
import type { RosterOp } from "../../sync/roster/ops.ts";

export class Comings {
  /** Group and account. */
  readonly #moved = new Set<string>();
  /** The commit that made a group. */
  readonly #foundedIn = new Map<string, number>();

  /** An author committed this op of theirs. `commit`: the number of the commit. */
  said(group: string, { act, author }: RosterOp, commit: number): void {
    if (act.type === "create") this.#foundedIn.set(group, commit);
    const isFounding = this.#foundedIn.get(group) === commit;
    if (act.type === "leave") this.#moved.add(`${group} ${author}`);
    const isMove = act.type === "remove" || (act.type === "add" && !isFounding);
    if (isMove) this.#moved.add(`${group} ${act.account}`);
  }

  cameOrWent(group: string, account: string): boolean {
    return this.#moved.has(`${group} ${account}`);
  }
}
