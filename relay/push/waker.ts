/**
 * Wakes devices that do not come for their messages. An urgent message that is not acknowledged
 * PUSH_AFTER_MS after it was stored is worth a push, whatever the mailbox's connection seems to be: a page
 * that was frozen looks alive for long. docs/protocol/wire.md, rules [PW1] to [PW8].
 *
 * All of it is soft: subscriptions and messages are in the store, and after a restart what nobody came
 * for is looked for again.
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { MailboxId } from "../../sync/wire/ids.ts";
import type { CommitQueue } from "../commit-queue.ts";
import { latin1 } from "../latin1.ts";
import {
  PAGE_RETRY_MS,
  PUSH_AFTER_MS,
  PUSH_FORGET_MS,
  PUSH_MAILBOXES_MAX,
  PUSH_RESUME_MS,
  PUSH_RESUMES_MAX,
  PUSH_RETRY_MS,
  PUSH_RETRY_MS_MAX,
  PUSHES_AT_ONCE,
} from "../limits.ts";
import type { Now } from "../ports.ts";
import { arrivedAtMs } from "../store/message-ids.ts";
import type { PushView, Store } from "../store/store.ts";
import type { Wheel } from "../wheel.ts";
import type { PushAnswer, PushService } from "./push-service.ts";
import { decodeSubscription } from "./subscription.ts";

export type WakerOptions = {
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly wheel: Wheel;
  readonly now: Now;
  /** Undefined: this relay wakes nobody. */
  readonly service: PushService | undefined;
  readonly count: (name: string, count?: number) => void;
};

/** One mailbox whose device is about to be woken, or was. */
type Wake = {
  readonly mailbox: MailboxId;
  /** The message that waits since the last look. */
  sinceId: number;
  /** The newest message that the push speaks for. */
  coversId: number;
  /** The push service has it: there is no second one until the device came. */
  isTold: boolean;
  tries: number;
};

export class Waker {
  readonly #options: WakerOptions;
  readonly #wakes = new Map<string, Wake>();
  /** Waiting for one of PUSHES_AT_ONCE. */
  #ready: Wake[] = [];
  #underWay = 0;

  constructor(options: WakerOptions) {
    this.#options = options;
  }

  /** Whether a device may ask to be woken there. */
  mayReach(endpoint: string): boolean {
    return this.#options.service?.mayReach(endpoint) ?? false;
  }

  /** An urgent message was stored under a token that may wake. */
  stored(mailbox: MailboxId, id: number): void {
    if (this.#options.service === undefined) return;
    const known = this.#wakes.get(latin1(mailbox));
    if (known === undefined) this.#begin(mailbox, id);
    else if (!known.isTold) known.coversId = id;
  }

  /** The device was here. What came after its push is worth another one. */
  acknowledged(mailbox: MailboxId): void {
    const wake = this.#wakes.get(latin1(mailbox));
    if (wake?.isTold === true) void this.#drained(wake);
  }

  /** A device said how it is woken from now on: what was tried before is forgotten. */
  async subscribed(mailbox: MailboxId): Promise<void> {
    this.#wakes.delete(latin1(mailbox));
    const view = await this.#viewOf(mailbox);
    if (view !== null && view !== "failed" && view.urgentId > 0)
      this.#begin(mailbox, view.urgentId);
  }

  /** After a start. */
  async resume(): Promise<void> {
    const { service, store, now } = this.#options;
    if (service === undefined) return;
    const mailboxes = await store.subscribed(PUSH_RESUMES_MAX);
    if (!mailboxes.ok) return;
    for (const mailbox of mailboxes.value) {
      const view = await this.#viewOf(mailbox);
      if (view === null || view === "failed" || view.urgentId === 0) continue;
      const isRecent = arrivedAtMs(view.urgentId) > now() - PUSH_RESUME_MS;
      if (isRecent && !this.#wakes.has(latin1(mailbox))) this.#begin(mailbox, view.urgentId);
    }
  }

  #begin(mailbox: MailboxId, id: number): void {
    const [oldest] = this.#wakes.keys();
    if (oldest !== undefined && this.#wakes.size >= PUSH_MAILBOXES_MAX) this.#wakes.delete(oldest);
    const wake: Wake = { mailbox, sinceId: id, coversId: id, isTold: false, tries: 0 };
    this.#wakes.set(latin1(mailbox), wake);
    this.#lookIn(wake, PUSH_AFTER_MS);
  }

  #lookIn(wake: Wake, ms: number): void {
    const { wheel } = this.#options;
    wheel.at(wheel.nowMs + ms, () => {
      if (this.#isLive(wake)) void this.#look(wake);
      return null;
    });
  }

  /** Does the message that began this wait still? */
  async #look(wake: Wake): Promise<void> {
    const view = await this.#viewOf(wake.mailbox);
    if (!this.#isLive(wake)) return;
    if (view === "failed") this.#lookIn(wake, PAGE_RETRY_MS);
    else if (view === null || view.urgentId === 0) this.#forget(wake);
    else if (view.urgentId > wake.sinceId) {
      // It was fetched, and a newer one came meanwhile: that has its own time.
      wake.sinceId = view.urgentId;
      this.#lookIn(wake, PUSH_AFTER_MS);
    } else {
      this.#ready.push(wake);
      this.#sendReady();
    }
  }

  #sendReady(): void {
    while (this.#underWay < PUSHES_AT_ONCE) {
      const wake = this.#ready.shift();
      if (wake === undefined) return;
      this.#underWay += 1;
      void this.#send(wake).finally(() => {
        this.#underWay -= 1;
        this.#sendReady();
      });
    }
  }

  async #send(wake: Wake): Promise<void> {
    const { service, count } = this.#options;
    const view = await this.#viewOf(wake.mailbox);
    if (service === undefined || !this.#isLive(wake)) return;
    if (view === "failed") return this.#lookIn(wake, PAGE_RETRY_MS);
    if (view === null || view.urgentId === 0) return this.#forget(wake);
    const to = decodeSubscription(view.subscription);
    const first = await service.send(to, false);
    const answer = first.type === "tooLarge" ? await service.send(to, true) : first;
    count(`push.${answer.type}`);
    if (this.#isLive(wake)) this.#answered(wake, answer, view.subscription);
  }

  #answered(wake: Wake, answer: PushAnswer, subscription: Uint8Array): void {
    const { commits, wheel } = this.#options;
    const { mailbox } = wake;
    switch (answer.type) {
      case "gone":
        this.#forget(wake);
        // One that fails is found gone again with the next message.
        commits.submit({ type: "deletePush", mailbox, only: subscription }, () => undefined);
        return;
      case "later":
        wake.tries += 1;
        this.#lookIn(wake, pauseMs(wake.tries, answer.afterMs));
        return;
      case "taken":
      case "tooLarge":
      case "refused":
        wake.isTold = true;
        wheel.at(wheel.nowMs + PUSH_FORGET_MS, () => {
          this.#forget(wake);
          return null;
        });
        void this.#drained(wake);
        return;
      default:
        unreachable(answer);
    }
  }

  async #drained(wake: Wake): Promise<void> {
    const view = await this.#viewOf(wake.mailbox);
    if (!this.#isLive(wake) || view === "failed") return;
    if (view === null || view.urgentId === 0) this.#forget(wake);
    else if (view.urgentId > wake.coversId) this.#begin(wake.mailbox, view.urgentId);
  }

  async #viewOf(mailbox: MailboxId): Promise<PushView | null | "failed"> {
    const view = await this.#options.store.push(mailbox, this.#options.now());
    return view.ok ? view.value : "failed";
  }

  #isLive(wake: Wake): boolean {
    return this.#wakes.get(latin1(wake.mailbox)) === wake;
  }

  #forget(wake: Wake): void {
    if (this.#isLive(wake)) this.#wakes.delete(latin1(wake.mailbox));
  }
}

const pauseMs = (tries: number, askedMs: number): number =>
  Math.min(PUSH_RETRY_MS_MAX, Math.max(askedMs, PUSH_RETRY_MS * 2 ** Math.min(tries - 1, 16)));
