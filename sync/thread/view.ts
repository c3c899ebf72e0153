/**
 * Messages as they are to be painted: one call for a window of rows and the aggregates that lie in
 * it. docs/protocol/messages.md, [MO29] to [MO33].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Attachment } from "../entry/blob-ref.ts";
import type { Content, MessageBody, Reply } from "../entry/message-body.ts";
import type { Aggregate, Version } from "./aggregate.ts";
import { type AggregateRow, messageOf, type MessageRow } from "./rows.ts";
import { UNTOUCHED } from "./untouched.ts";

/** One chip under a message. */
export type ReactionView = {
  readonly emoji: string;
  /** Hex32, who reacted first is first; never empty. */
  readonly accounts: readonly Hex[];
  readonly own: boolean;
};

/**
 * `here`; `deleted`: for everyone, by `deletedBy`; `missing`: its words were erased here, and by the
 * roster nobody had the right to: they are to be asked for.
 */
export type MessageView = Content & {
  readonly state: "here" | "deleted" | "missing";
  readonly deletedBy: Hex | null;
  /** Edits that count, the latest first: their texts stand in their entries. */
  readonly versions: readonly Version[];
  readonly reply: Reply | null;
  readonly attachments: readonly Attachment[];
  readonly forwarded: boolean;
  readonly reactions: readonly ReactionView[];
  readonly isPinned: boolean;
  readonly isStarred: boolean;
};

/** Rows in, rows out, with what is to be painted; what is hidden from this account is left out. */
export function viewsOf<Row extends MessageRow>(
  rows: readonly Row[],
  aggregates: readonly AggregateRow[],
  self: Hex,
): readonly { readonly row: Row; readonly view: MessageView }[] {
  const byKey = new Map(aggregates.map((it) => [keyOf(it), it.aggregate]));
  return rows.flatMap((row) => {
    const view = viewOf(messageOf(row), byKey.get(keyOf(row)) ?? UNTOUCHED, self);
    return view === null ? [] : [{ row, view }];
  });
}

const keyOf = ({ a, s }: Pick<MessageRow, "a" | "s">): string => `${a}.${s}`;

/** `body`: null when it was erased. Null: deleted for this account, paint nothing. */
export function viewOf(
  body: MessageBody | null,
  aggregate: Aggregate,
  self: Hex,
): MessageView | null {
  if (aggregate.hidden) return null;
  const { deleted, content, versions, reactions, pin, star } = aggregate;
  if (deleted !== null) return { ...EMPTY, state: "deleted", deletedBy: deleted.value };
  const said = content ?? body;
  return {
    ...EMPTY,
    ...(said === null ? {} : { text: said.text, mentions: said.mentions, whole: said.whole }),
    ...(body === null ? {} : extraOf(body)),
    state: said === null ? "missing" : "here",
    versions,
    reactions: chipsOf(reactions, self),
    isPinned: pin?.value ?? false,
    isStarred: star?.value ?? false,
  };
}

const EMPTY: MessageView = {
  state: "here",
  deletedBy: null,
  text: "",
  mentions: [],
  whole: null,
  versions: [],
  reply: null,
  attachments: [],
  forwarded: false,
  reactions: [],
  isPinned: false,
  isStarred: false,
};

const extraOf = ({ reply, attachments, forwarded }: MessageBody): Partial<MessageView> => ({
  reply,
  attachments,
  forwarded,
});

/** In the order in which they were first given. */
function chipsOf(reactions: Aggregate["reactions"], self: Hex): readonly ReactionView[] {
  const accountsByEmoji = new Map<string, Hex[]>();
  for (const { emoji, account, on } of reactions.toReversed()) {
    if (!on) continue;
    const accounts = accountsByEmoji.get(emoji) ?? [];
    accounts.push(account);
    accountsByEmoji.set(emoji, accounts);
  }
  return [...accountsByEmoji].map(([emoji, accounts]) => ({
    emoji,
    accounts,
    own: accounts.includes(self),
  }));
}
