/**
 * Who edits a shared document now, and where (y-protocols' "awareness", as a table without a clock of its
 * own: editors renew what they say every 15 seconds, and forget each other after 30).
 */
import type { Peer } from "./y-frames.ts";
import { PEERS_MAX } from "./y-frames.ts";

/** What an editor says when it leaves. */
export const GONE = "null";

export class Peers {
  readonly #byClient = new Map<number, Peer>();

  /** Those of `said` that are news; they are remembered. A full table takes no newcomers. */
  take(said: readonly Peer[]): readonly Peer[] {
    const news = said.filter((it) => this.#isNews(it));
    for (const peer of news) {
      if (peer.state === GONE) this.#byClient.delete(peer.client);
      else this.#byClient.set(peer.client, peer);
    }
    return news;
  }

  /** What tells the others that the editor left; undefined: it never said that it was there. */
  farewellOf(client: number): Peer | undefined {
    const last = this.#byClient.get(client);
    return last === undefined ? undefined : { client, clock: last.clock + 1, state: GONE };
  }

  all(): readonly Peer[] {
    return [...this.#byClient.values()];
  }

  #isNews({ client, clock, state }: Peer): boolean {
    const last = this.#byClient.get(client);
    if (last === undefined) return state !== GONE && this.#byClient.size < PEERS_MAX;
    return clock > last.clock || (clock === last.clock && state === GONE);
  }
}
