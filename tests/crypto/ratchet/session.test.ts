import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { decryptSession } from "../../../crypto/ratchet/receive.ts";
import { encryptSession, EPOCH_MESSAGES_MAX, EPOCH_MS_MAX } from "../../../crypto/ratchet/send.ts";
import {
  type Session,
  SESSION_EPOCHS_MAX,
  SESSION_SKIPPED_MAX,
  tagsOf,
} from "../../../crypto/ratchet/session.ts";
import { answersAnything } from "../decoder.ts";
import { flipped, NOW_MS, personOf, randomOf, sessionsOf, textOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const random = randomOf(77);
const options = { random, nowMs: NOW_MS };
const OPEN_FAILED = { ok: false, error: { type: "OpenFailed" } };
const fresh = (): { alice: Session; bob: Session } =>
  sessionsOf(personOf(1), personOf(2), randomOf(5));

/** Both after her first message and his first answer: neither repeats an opening. */
function settled(): { alice: Session; bob: Session } {
  const { alice, bob } = fresh();
  const answer = encryptSession(bob, textOf("answer"), options);
  const heard = unwrap(decryptSession(alice, answer.message)).session;
  const reply = encryptSession(heard, textOf("reply"), options);
  return {
    alice: reply.session,
    bob: unwrap(decryptSession(answer.session, reply.message)).session,
  };
}

/** So many messages of one side, none delivered yet. */
function sendMany(from: Session, count: number): { session: Session; messages: Uint8Array[] } {
  let session = from;
  const messages: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const sent = encryptSession(session, textOf(String(i)), options);
    session = sent.session;
    messages.push(sent.message);
  }
  return { session, messages };
}

describe("when a session takes a KEM step", () => {
  test("[RA4] the first answer opens epoch 1, and what follows it leaves epoch 0", () => {
    const { alice, bob } = settled();
    expect([alice.epoch, bob.epoch, alice.send?.epoch, bob.send?.epoch]).toEqual([2, 2, 2, 1]);
  });

  test("[RA5] at its turn it steps when asked, after 32 messages, after a day, or after a rollback", () => {
    const { bob } = settled();
    const epochAfter = (session: Session, more: object): number =>
      encryptSession(session, textOf("x"), { ...options, ...more }).session.epoch;
    expect(epochAfter(bob, {})).toBe(2);
    expect(epochAfter(bob, { forceStep: true })).toBe(3);
    expect(epochAfter(bob, { nowMs: NOW_MS + EPOCH_MS_MAX })).toBe(2);
    expect(epochAfter(bob, { nowMs: NOW_MS + EPOCH_MS_MAX + 1 })).toBe(3);
    expect(epochAfter(bob, { nowMs: NOW_MS - 1 })).toBe(3);
    const many = sendMany(bob, EPOCH_MESSAGES_MAX - 1).session;
    expect([many.send?.n, epochAfter(many, {})]).toEqual([EPOCH_MESSAGES_MAX, 3]);
  });

  test("[RA6] out of turn it never steps, and repeats its opening until it is answered", () => {
    const { alice, bob } = settled();
    const forced = encryptSession(alice, textOf("x"), { ...options, forceStep: true });
    expect(forced.session.epoch).toBe(2);
    expect(forced.message.length).toBeGreaterThan(2_400);
    const step = encryptSession(bob, textOf("x"), { ...options, forceStep: true });
    const acknowledged = unwrap(decryptSession(alice, step.message)).session;
    const short = encryptSession(acknowledged, textOf("x"), options);
    expect(short.message.length).toBe(16 + 24 + 2 + 9 + 16 + 200);
  });
});

describe("delivery", () => {
  /** What happens next: who sends, which of the waiting messages arrives, and how. */
  const move = fc.record({
    by: fc.constantFrom("alice" as const, "bob" as const),
    what: fc.constantFrom("send", "step", "deliver", "deliver", "repeat", "lose"),
    which: fc.nat(20),
  });

  test("[RA7] any loss, reordering and repetition delivers each message at most once, unaltered", () => {
    const start = settled();
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80, size: "max" }), (moves) => {
        const state = { ...start };
        const waiting: Record<string, { text: string; epoch: number; message: Uint8Array }[]> = {
          alice: [],
          bob: [],
        };
        const opened = new Set<string>();
        let count = 0;
        for (const { by, what, which } of moves) {
          const other = by === "alice" ? "bob" : "alice";
          if (what === "send" || what === "step") {
            const text = `${by} ${count++}`;
            const forceStep = what === "step";
            const sent = encryptSession(state[by], textOf(text), { ...options, forceStep });
            state[by] = sent.session;
            waiting[other]!.push({ text, epoch: sent.session.send!.epoch, message: sent.message });
            continue;
          }
          const queue = waiting[by]!;
          const [next] = queue.splice(which % Math.max(1, queue.length), 1);
          if (next === undefined || what === "lose") continue;
          if (what === "repeat") queue.push(next);
          const before = structuredClone(state[by]);
          const got = decryptSession(state[by], next.message);
          expect(state[by]).toEqual(before);
          const newest = Math.max(...state[by].receive.map((chain) => chain.epoch));
          const expected = opened.has(next.text)
            ? "AlreadyOpened"
            : new TextEncoder().encode(next.text);
          const given = got.ok ? got.value.payload : got.error.type;
          const forgotten = next.epoch <= newest - 2 * SESSION_EPOCHS_MAX;
          expect(given).toEqual(forgotten ? "OpenFailed" : expected);
          if (got.ok) {
            opened.add(next.text);
            state[by] = got.value.session;
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("[RA8] a message opens under a tag that the receiver expected", () => {
    const { alice, bob } = settled();
    const tags = tagsOf(bob).map((tag) => Buffer.from(tag).toString("hex"));
    const sent = encryptSession(alice, textOf("x"), options).message;
    expect(tags).toContain(Buffer.from(sent.subarray(0, 16)).toString("hex"));
    const answer = encryptSession(bob, textOf("x"), { ...options, forceStep: true });
    expect(tagsOf(alice).at(-1)).toEqual(answer.message.subarray(0, 16));
  });

  test("[RA9] late messages of an epoch that ended still open, and its chain key is gone", () => {
    const { alice, bob } = settled();
    const late = sendMany(bob, 3);
    const step = encryptSession(late.session, textOf("step"), { ...options, forceStep: true });
    const stepped = unwrap(decryptSession(alice, step.message));
    expect(stepped.epochOpened).toBe(true);
    expect(stepped.session.receive.map((chain) => chain.chainKey === null)).toEqual([true, false]);
    for (const [i, message] of late.messages.entries()) {
      expect(unwrap(decryptSession(stepped.session, message)).payload).toEqual(textOf(String(i)));
    }
  });
});

describe("limits", () => {
  test("[RA10] steps over 1,000 lost messages, not over 1,001", () => {
    const { alice, bob } = settled();
    const { messages } = sendMany(alice, SESSION_SKIPPED_MAX + 2);
    const far = unwrap(decryptSession(bob, messages[SESSION_SKIPPED_MAX]!)).session;
    expect(unwrap(decryptSession(far, messages[0]!)).payload).toEqual(textOf("0"));
    expect(decryptSession(bob, messages[SESSION_SKIPPED_MAX + 1]!)).toEqual({
      ok: false,
      error: { type: "SkippedTooMany", steps: SESSION_SKIPPED_MAX + 1, limit: SESSION_SKIPPED_MAX },
    });
  });

  test("[RA10] a session keeps at most 1,000 skipped keys in all: the newest", () => {
    const { alice, bob } = settled();
    const { messages } = sendMany(alice, SESSION_SKIPPED_MAX + 3);
    const near = unwrap(decryptSession(bob, messages[500]!)).session;
    const far = unwrap(decryptSession(near, messages[SESSION_SKIPPED_MAX + 2]!)).session;
    const kept = far.receive.reduce((sum, chain) => sum + chain.skipped.length, 0);
    expect(kept).toBe(SESSION_SKIPPED_MAX);
    const lost = decryptSession(far, messages[0]!);
    expect(lost).toMatchObject({ error: { type: "AlreadyOpened", n: 1 } });
    expect(decryptSession(far, messages[2]!).ok).toBe(true);
  });

  test("[RA11] keeps 5 epochs of the other side, and opens nothing of older ones", () => {
    let { alice, bob } = settled();
    const old: Uint8Array[] = [];
    for (let i = 0; i < SESSION_EPOCHS_MAX + 1; i++) {
      const late = encryptSession(bob, textOf("late"), options);
      old.push(late.message);
      const step = encryptSession(late.session, textOf("s"), { ...options, forceStep: true });
      alice = unwrap(decryptSession(alice, step.message)).session;
      const back = encryptSession(alice, textOf("b"), { ...options, forceStep: true });
      alice = back.session;
      bob = unwrap(decryptSession(step.session, back.message)).session;
    }
    expect(alice.receive).toHaveLength(SESSION_EPOCHS_MAX);
    expect(decryptSession(alice, old[0]!)).toEqual(OPEN_FAILED);
    expect(decryptSession(alice, old.at(-1)!).ok).toBe(true);
  });
});

describe("tampering", () => {
  test("[RA12] every byte tampered with is refused, and leaves the state as it was", () => {
    const { alice, bob } = settled();
    const opening = encryptSession(bob, textOf("x"), { ...options, forceStep: true }).message;
    const short = sendMany(bob, 2).messages[1]!;
    const before = structuredClone(alice);
    for (const message of [short, opening]) {
      for (let i = 0; i < message.length; i += i > 100 && i < 2_300 ? 13 : 1) {
        expect({ i, got: decryptSession(alice, flipped(message, i)) }).toEqual({
          i,
          got: OPEN_FAILED,
        });
      }
      answersAnything((bytes) => decryptSession(alice, bytes), message);
    }
    expect(alice).toEqual(before);
    expect(decryptSession(alice, opening).ok).toBe(true);
  });

  test("[RA12] a message does not open in another session, nor at its own sender", () => {
    const { alice, bob } = settled();
    const other = sessionsOf(personOf(1), personOf(2), randomOf(6));
    const { message } = encryptSession(alice, textOf("x"), options);
    expect(decryptSession(other.bob, message)).toEqual(OPEN_FAILED);
    expect(decryptSession(alice, message)).toEqual(OPEN_FAILED);
    expect(decryptSession(bob, message).ok).toBe(true);
  });

  test("[RA13] state is plain data: a structured clone goes on alike", () => {
    const { alice, bob } = structuredClone(settled());
    const { message } = encryptSession(alice, textOf("x"), options);
    expect(unwrap(decryptSession(bob, message)).payload).toEqual(textOf("x"));
  });
});
