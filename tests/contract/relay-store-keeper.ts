import type {
  OpOf,
  PutAnswer,
  Store,
  StoreAnswer,
  StoreAnswers,
  StoredMessage,
  StoreOp,
} from "../../relay/store/store.ts";
import type { EnvelopeId, Label, MailboxId, MailboxKey, TokenHash } from "../../sync/wire/ids.ts";

export const bytes = (length: number, seed: string): Uint8Array =>
  new Uint8Array(Buffer.alloc(length, seed));
export const mailboxId = (name: string): MailboxId => bytes(16, name) as MailboxId;
export const tokenHash = (name: string): TokenHash => bytes(32, name) as TokenHash;
export const envelopeId = (name: string): EnvelopeId => bytes(16, name) as EnvelopeId;

/** Bounds that every store under test is opened with, so that its edges are near. */
export const CONTRACT_BOUNDS = {
  mailboxMessagesMax: 16,
  mailboxBytesMax: 8_000,
  messageTtlMs: 30 * 86_400_000,
  slotTtlMs: 14 * 86_400_000,
  mailboxBlobBytesMax: 10_000,
  hotPlacesMax: 1_000,
  hotShelvesMax: 1_000,
};
export const START_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

type PutMore = Partial<Extract<StoreOp, { readonly type: "put" }>>;
export type Keeper = {
  readonly store: Store;
  readonly clock: { nowMs: number };
  readonly commit: (...batch: readonly StoreOp[]) => Promise<readonly StoreAnswer[]>;
  readonly one: <Type extends StoreOp["type"]>(op: OpOf<Type>) => Promise<StoreAnswers[Type]>;
  readonly put: (
    envelope: string,
    to: readonly string[],
    more?: PutMore,
  ) => Promise<readonly PutAnswer[]>;
  readonly page: (
    mailbox: string,
    afterId?: number,
    messages?: number,
  ) => Promise<readonly StoredMessage[]>;
  /** First characters of the envelopes that wait. */
  readonly namesIn: (mailbox: string) => Promise<readonly string[]>;
  /** Does all waiting work, and puts the clock where it led. */
  readonly settle: (untilMs?: number) => Promise<void>;
  /** Creates mailboxes, each with a token of its own name. */
  readonly open: (...mailboxes: readonly string[]) => Promise<void>;
};

/** Talks to a store as the relay does, with a clock of its own. */
export function keeper(store: Store): Keeper {
  const clock = { nowMs: START_MS };
  const commit = async (...batch: readonly StoreOp[]) => {
    const done = await store.commit(batch, clock.nowMs);
    if (!done.ok) throw new Error(done.error.cause);
    return done.value;
  };
  const one = async <Type extends StoreOp["type"]>(
    op: Extract<StoreOp, { readonly type: Type }>,
  ): Promise<StoreAnswers[Type]> => (await commit(op))[0] as StoreAnswers[Type];
  const put = async (
    envelope: string,
    to: readonly string[],
    more: Partial<Extract<StoreOp, { type: "put" }>> = {},
  ): Promise<readonly PutAnswer[]> => one<"put">(putOp(envelope, to, more));
  const page = async (mailbox: string, afterId = 0, messages = 100) => {
    const bounds = { afterId, messages, pageBytes: 1_000_000 };
    const read = await store.page(mailboxId(mailbox), bounds, clock.nowMs);
    if (!read.ok) throw new Error(read.error.cause);
    return read.value;
  };
  const namesIn = async (mailbox: string) =>
    (await page(mailbox)).map((it) => String.fromCharCode(it.envelope[0] ?? 0));
  const settle = async (untilMs = clock.nowMs + 10_000): Promise<void> => {
    for (;;) {
      const tended = await store.tend(clock.nowMs);
      if (!tended.ok) throw new Error(tended.error.cause);
      if (tended.value.againAtMs > untilMs) break;
      clock.nowMs = Math.max(clock.nowMs, tended.value.againAtMs);
    }
    clock.nowMs = untilMs;
  };
  const open = async (...mailboxes: readonly string[]): Promise<void> => {
    for (const mailbox of mailboxes) {
      await commit(
        {
          type: "createMailbox",
          mailbox: mailboxId(mailbox),
          key: bytes(32, mailbox) as MailboxKey,
          voucherHash: null,
        },
        grantOp(mailbox, mailbox),
      );
    }
  };
  return { store, clock, commit, one, put, page, namesIn, settle, open };
}

/** Right to write to `mailbox` under the token called `token`. */
export const grantOp = (
  mailbox: string,
  token: string,
  more: Partial<Extract<StoreOp, { type: "putTokens" }>["tokens"][number]> = {},
): Extract<StoreOp, { type: "putTokens" }> => ({
  type: "putTokens",
  mailbox: mailboxId(mailbox),
  tokens: [
    {
      hash: tokenHash(token),
      class: "contact",
      label: bytes(4, token) as Label,
      push: false,
      expiresAtMs: START_MS + 300 * 24 * HOUR_MS,
      ...more,
    },
  ],
});

/** `to` are mailboxes whose token has their own name, or "mailbox/token". */
export const putOp = (
  envelope: string,
  to: readonly string[],
  more: Partial<Extract<StoreOp, { type: "put" }>> = {},
): Extract<StoreOp, { type: "put" }> => ({
  type: "put",
  targets: to.map((it) => {
    const [mailbox = "", token = mailbox] = it.split("/");
    return { mailbox: mailboxId(mailbox), tokenHash: tokenHash(token) };
  }),
  envelope: envelopeId(envelope),
  body: bytes(100, envelope),
  isEphemeral: false,
  isUrgent: false,
  slot: null,
  ttlMs: 0,
  ...more,
});
