/**
 * What another device asks us for, each sort answered in its own place. docs/protocol/sync.md, rules [HE1] to [HE3].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import { answerNack, answerRosterWant, answerWant } from "../heal/answers.ts";
import { answerCardWant } from "../heal/cards.ts";
import { takeVector } from "../heal/compare.ts";
import { answerBlobWant } from "../media/answer.ts";
import type { Payload } from "../payload/payload.ts";
import { answerCursorWant } from "../receipts/pull.ts";
import type { ContactRow, DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { OpenContext } from "./open-context.ts";

type Question = Extract<
  Payload,
  {
    readonly type:
      | "nack"
      | "want"
      | "rosterWant"
      | "vector"
      | "cursorWant"
      | "cardWant"
      | "blobWant";
  }
>;

/**
 * Questions of one device that are looked into in a transaction. It is answered far less often; but what cannot be
 * answered is read for all the same, and one envelope brings sixteen.
 */
export const QUESTIONS_AT_ONCE = 32;

/** By transaction and device. */
const lookedInto = new WeakMap<WriteTx, Map<Hex, number>>();

type Asker = { readonly contact: ContactRow; readonly device: DeviceRow };

/** What is over the bound is dropped: whoever lacks something asks again. */
export async function answerQuestion(
  tx: WriteTx,
  context: OpenContext,
  { contact, device }: Asker,
  question: Question,
): Promise<void> {
  const counts = lookedInto.get(tx) ?? new Map<Hex, number>();
  const count = counts.get(device.device) ?? 0;
  if (count >= QUESTIONS_AT_ONCE) return context.effects.dropped("questions too many");
  lookedInto.set(tx, counts.set(device.device, count + 1));
  const isAnswered = contact.state === "accepted" || contact.state === "self";
  switch (question.type) {
    case "nack":
      return answerNack(tx, context, device, question.body, isAnswered);
    case "want":
      return answerWant(tx, context, device, question.body, isAnswered);
    case "rosterWant":
      return answerRosterWant(tx, context, device, question.body);
    case "vector":
      return takeVector(tx, context, device, question.body, isAnswered);
    case "cursorWant":
      return answerCursorWant(tx, context, device, question.body);
    case "cardWant":
      return answerCardWant(tx, context, device, question.body);
    case "blobWant":
      return answerBlobWant(tx, context, device, question.body);
    default:
      return unreachable(question);
  }
}
