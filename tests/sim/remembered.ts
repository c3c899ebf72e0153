/**
 * What the simulator's devices need not do again: all of them run in one thread, and each checks the same
 * signatures as the others. Checking is a pure function of key, signature and what was signed, so its
 * answer is remembered, yes or no. Planted as mutants are, so that no source knows of it.
 */
import type { Edit } from "./edits.ts";

const FILE = "crypto/public/verify.ts";

export const REMEMBERED: readonly Edit[] = [
  {
    file: FILE,
    find: "export function verifyLabelled(\n",
    replace:
      "const ANSWERS_MAX = 20_000;\n" +
      "const answers = new Map<string, boolean>();\n" +
      "const textOf = (bytes: Uint8Array): string =>\n" +
      '  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");\n' +
      "export function verifyLabelled(\n",
  },
  {
    file: FILE,
    find: "  return sodium.crypto_sign_verify_detached(signature, hash32(label, ...parts), key);\n",
    replace:
      "  const hash = hash32(label, ...parts);\n" +
      "  const question = textOf(key) + textOf(signature) + textOf(hash);\n" +
      "  let answer = answers.get(question);\n" +
      "  if (answer === undefined) {\n" +
      "    answer = sodium.crypto_sign_verify_detached(signature, hash, key);\n" +
      "    if (answers.size >= ANSWERS_MAX) answers.clear();\n" +
      "    answers.set(question, answer);\n" +
      "  }\n" +
      "  return answer;\n",
  },
];
