/** A relay of a scenario: the real core and HTTP routes on a store in memory. It can die and forget. */
import { signKeyPairOf } from "../../crypto/sign.ts";
import { BlobDepot } from "../../relay/blobs/blob-depot.ts";
import type { BlobFiles } from "../../relay/blobs/blob-files.ts";
import { openMemoryBlobFiles } from "../../relay/blobs/memory-blob-files.ts";
import { LOOPBACK } from "../../relay/client-address.ts";
import { httpApp } from "../../relay/http/http-app.ts";
import { DEFAULT_SETTINGS, type RelaySettings } from "../../relay/limits.ts";
import { openRelay, type Relay } from "../../relay/relay.ts";
import { openMemoryStore } from "../../relay/store/memory-store.ts";
import type { Store } from "../../relay/store/store.ts";
import type { RelayDoor } from "../../sync/transport/memory-transport.ts";
import type { Registration } from "../../sync/wire/http.ts";
import { ID_BYTES, idOf } from "../../sync/wire/ids.ts";
import type { Chance } from "../sim/chance.ts";
import type { Kernel } from "../sim/kernel.ts";

const BOUNDS = { ...DEFAULT_SETTINGS, hotPlacesMax: 100_000, hotShelvesMax: 10_000 };

type Fetch = (request: Request) => Response | Promise<Response>;

export class ScenarioRelay {
  readonly url: string;
  /** Paths that were asked for by HTTP, oldest first. */
  readonly asked: string[] = [];
  /** What its operator set; heeded at the next start, as who may register is. */
  settings: RelaySettings = DEFAULT_SETTINGS;
  registration: Registration = "open";
  /** Who stands between the relay and those who ask it by HTTP. */
  between: (request: Request, relay: Fetch) => Response | Promise<Response> = (it, relay) =>
    relay(it);
  readonly #kernel: Kernel;
  readonly #chance: Chance;
  #relayId: Uint8Array;
  #store: Store;
  #blobFiles: BlobFiles = openMemoryBlobFiles();
  #running: { readonly relay: Relay; readonly door: RelayDoor } | undefined;

  constructor(url: string, kernel: Kernel, chance: Chance) {
    this.url = url;
    this.#kernel = kernel;
    this.#chance = chance;
    this.#relayId = this.#newRelayId();
    this.#store = this.#emptyStore();
    this.start();
  }

  /** Undefined while it is down. */
  get door(): RelayDoor | undefined {
    return this.#running?.door;
  }

  /** Envelopes that wait in mailboxes. */
  get messages(): number {
    return this.#store.totals().messages;
  }

  /** What its core counted since the last call, by name: "put.denied" and so on. */
  counted(): Readonly<Record<string, number>> {
    return this.#running?.relay.counters.take() ?? {};
  }

  /** `instead`: what every HTTP request is answered. */
  start(instead?: () => Response): void {
    const isAlive = (): boolean => this.#running === running;
    const after = this.#kernel.afterWhile(isAlive);
    const relay = openRelay({
      relayId: idOf("RelayId", this.#relayId),
      store: this.#store,
      now: this.#kernel.now,
      random: this.#chance.bytes,
      timers: { after },
      turn: (work) => void after(0, work),
      settings: this.settings,
      registration: this.registration,
      operatorTokenHash: null,
      pressure: () => 0,
    });
    const blobs = new BlobDepot({
      files: this.#blobFiles,
      store: this.#store,
      commits: relay.commits,
      now: this.#kernel.now,
      random: this.#chance.bytes,
      count: relay.counters.add,
    });
    const app = httpApp({ relay, files: null, blobs, addressOf: () => LOOPBACK });
    const door: RelayDoor = {
      connect: (socket) => relay.connect(socket),
      fetch: (request) => {
        this.asked.push(new URL(request.url).pathname);
        return instead?.() ?? this.between(request, (it) => app.fetch(it));
      },
    };
    const running = { relay, door };
    this.#running = running;
  }

  /** As kill -9: what was committed stays. Whoever was connected is cut off by the world. */
  kill(): void {
    this.#running = undefined;
  }

  /** The disk is gone, and with it mailboxes, tokens, prekeys, invites; the relay's own key is not. */
  forget(): void {
    this.kill();
    this.#store = this.#emptyStore();
    this.#blobFiles = openMemoryBlobFiles();
  }

  /** The whole folder is gone, its key with it: who is started here next is another relay. */
  vanish(): void {
    this.forget();
    this.#relayId = this.#newRelayId();
  }

  /** Loses what waits in one mailbox, and says nothing: as a wicked relay does. */
  async lose(mailbox: Uint8Array): Promise<number> {
    const id = idOf("MailboxId", mailbox);
    const bounds = { afterId: 0, messages: 10_000, pageBytes: Number.MAX_SAFE_INTEGER };
    const page = await this.#store.page(id, bounds, this.#kernel.now());
    const ids = page.ok ? page.value.map((it) => it.id) : [];
    await this.#store.commit([{ type: "ack", mailbox: id, ids }], this.#kernel.now());
    return ids.length;
  }

  #newRelayId(): Uint8Array {
    return signKeyPairOf(this.#chance.bytes(ID_BYTES.RelayId)).publicKey;
  }

  #emptyStore(): Store {
    const incarnation = idOf("StoreIncarnation", this.#chance.bytes(ID_BYTES.StoreIncarnation));
    return openMemoryStore({ incarnation, bounds: BOUNDS });
  }
}
