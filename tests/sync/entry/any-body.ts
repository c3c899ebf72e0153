/** Bodies of every kind as arbitrary values, within their bounds. */
import fc from "fast-check";

import { ATTACHMENTS_MAX, type Attachment, type BlobRef } from "../../../sync/entry/blob-ref.ts";
import type { Bodies, BodyType } from "../../../sync/entry/bodies.ts";
import type { EntryRef } from "../../../sync/entry/entry-ref.ts";
import { LINK_USES_MAX } from "../../../sync/entry/link-body.ts";
import type { MarkBody } from "../../../sync/entry/mark-body.ts";
import type { Content, Mention } from "../../../sync/entry/message-body.ts";
import { HISTORIES, TIMER_STARTS } from "../../../sync/entry/meta-body.ts";
import { MENTIONS_MAX } from "../../../sync/entry/plain-message.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

/** Well formed, and without a leading BOM: such is what composers let through. */
const text = (minLength: number, maxLength = 60): fc.Arbitrary<string> =>
  fc
    .string({ unit: "grapheme", minLength, maxLength })
    .filter((it) => !it.startsWith("\uFEFF") && it.isWellFormed());

export const refs: fc.Arbitrary<EntryRef> = fc.record({
  log: bytes(16),
  seq: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  id: bytes(16),
});

const blobs: fc.Arbitrary<BlobRef> = fc.record({
  id: bytes(32),
  key: bytes(32),
  bytes: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  relays: fc.array(text(1, 30), { maxLength: 2 }),
});

const attachments: fc.Arbitrary<readonly Attachment[]> = fc.array(
  fc.record({ blob: blobs, type: text(1, 30), name: text(0, 30) }),
  { maxLength: ATTACHMENTS_MAX },
);

const mentions: fc.Arbitrary<readonly Mention[]> = fc.array(
  fc.record({
    account: bytes(32),
    start: fc.integer({ min: 0, max: 200_000 }),
    length: fc.integer({ min: 1, max: 200_000 }),
  }),
  { maxLength: MENTIONS_MAX },
);

export const contents: fc.Arbitrary<Content> = fc.record({
  text: text(1),
  mentions,
  whole: fc.option(blobs),
});

const known = fc
  .tuple(fc.nat(1_000), fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { maxLength: 8 }))
  .map(([floor, steps]) => {
    const ranges: (readonly [number, number])[] = [];
    let end = floor;
    for (const [gap, length] of steps) {
      const from = end + 2 + gap;
      end = from + length;
      ranges.push([from, end]);
    }
    return { floor, ranges };
  });

const on = fc.boolean();
const channel = bytes(16);
const marks: fc.Arbitrary<MarkBody> = fc.oneof(
  fc.record({ channel, what: fc.constant("star" as const), target: refs, on }),
  fc.record({ channel, what: fc.constant("hide" as const), target: refs }),
  fc.record({
    channel,
    what: fc.constant("mute" as const),
    untilMs: fc.maxSafeNat(),
    level: fc.nat(2),
  }),
  fc.record({ channel, what: fc.constant("pinChat" as const), on }),
  fc.record({ channel, what: fc.constant("verified" as const), on }),
  fc.record({ channel, what: fc.constant("archive" as const), on, upToH: fc.maxSafeNat() }),
  fc.record({
    channel,
    what: fc.constant("readVector" as const),
    logs: fc.array(fc.record({ log: bytes(16), known }), { maxLength: 5 }),
  }),
);

const emoji = fc.constantFrom("👍", "❤️", "🏳️‍🌈", "👩🏻‍❤️‍💋‍👩🏻", "🇪🇺", "7️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿");

/** Of well formed updates: what is in them is not this file's business. */
const rooms = fc.record({
  // At most ROOM_NAME_BYTES_MAX, and a grapheme may be as long.
  room: fc.constantFrom("settings", "drafts", "notes/räume", "x".repeat(64)),
  nonces: fc
    .uniqueArray(fc.nat(0xffff_ffff), { maxLength: 8 })
    .map((all) => all.toSorted((a, b) => a - b)),
  update: fc.uint8Array({ minLength: 1, maxLength: 200 }),
});

export const anyBody: { readonly [T in BodyType]: fc.Arbitrary<Bodies[T]> } = {
  message: fc
    .tuple(
      contents,
      fc.option(fc.record({ target: refs, quote: text(0) })),
      attachments,
      fc.boolean(),
    )
    .map(([content, reply, files, forwarded]) => ({
      ...content,
      reply,
      attachments: files,
      forwarded,
    })),
  edit: fc.tuple(contents, refs).map(([content, target]) => ({ ...content, target })),
  reaction: fc.record({ target: refs, emoji, on }),
  contact: fc.record({
    introduction: fc.uint8Array({ minLength: 1, maxLength: 400 }),
    state: fc.integer({ min: 0, max: 255 }),
    presenceOut: bytes(32),
    presenceIn: fc.option(bytes(32)),
    addedAtMs: fc.maxSafeNat(),
  }),
  delete: fc.record({ target: refs }),
  pin: fc.record({ target: refs, on }),
  meta: fc.record({
    title: fc.option(text(0)),
    topic: fc.option(text(0)),
    picture: fc.option(fc.array(blobs, { maxLength: 1 })),
    history: fc.option(fc.constantFrom(...HISTORIES)),
    timer: fc.option(
      fc.record({
        lifetimeMs: fc.oneof(fc.constant(0), fc.integer({ min: 1_000, max: 366 * 86_400_000 })),
        from: fc.constantFrom(...TIMER_STARTS),
      }),
    ),
  }),
  link: fc.oneof(
    fc.record({
      tag: bytes(16),
      made: fc.record({
        secret: bytes(32),
        uses: fc.option(fc.integer({ min: 1, max: LINK_USES_MAX })),
        expiresAtS: fc.nat(),
        approval: fc.boolean(),
        relayUrl: text(0, 30),
      }),
      refused: fc.constant(null),
    }),
    fc.record({ tag: bytes(16), made: fc.constant(null), refused: fc.option(bytes(32)) }),
  ),
  system: fc.record({
    event: fc.integer({ min: 0, max: 0xffff }),
    accounts: fc.array(bytes(32), { maxLength: 16 }),
    text: text(0),
  }),
  logOpen: fc.record({
    accountKey: bytes(32),
    certificates: fc.array(fc.uint8Array({ minLength: 1, maxLength: 250 }), {
      minLength: 1,
      maxLength: 10,
    }),
    incarnation: bytes(16),
  }),
  ydoc: rooms,
  ydocSnapshot: rooms,
  mark: marks,
  logClose: fc.record({ log: bytes(16), seq: fc.nat(2 ** 32 - 1), hash: bytes(32) }),
  deviceName: fc.record({ device: bytes(16), name: text(0) }),
  ownName: fc.record({ name: text(0) }),
  wordsKept: fc.record({ backupKey: bytes(32) }),
};
