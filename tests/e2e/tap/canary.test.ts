import { describe, expect, test } from "vitest";

import { formsOf, leaksOf, newCanary } from "./canary.ts";

const CANARY = "canary0123456789";
const place = (bytes: Buffer) => [{ where: "there", bytes }];

describe("finding a canary", () => {
  test("[WT1] finds it in each form, with anything before and behind it", () => {
    for (const before of ["", "a", "ab", "abc", "ab:cd "]) {
      const text = Buffer.from(`${before}${CANARY} and more`);
      const wide = Buffer.from(text.toString(), "utf16le");
      const forms: readonly Buffer[] = [
        text,
        wide,
        Buffer.from(wide).swap16(),
        ...(["hex", "base64", "base64url"] as const).map((it) => Buffer.from(text.toString(it))),
        Buffer.from(text.toString("hex").toUpperCase()),
      ];
      for (const bytes of forms) expect(leaksOf(CANARY, place(bytes))).not.toEqual([]);
    }
  });

  test("[WT1] says where and how", () => {
    const bytes = Buffer.from(Buffer.from(CANARY).toString("hex"));
    expect(leaksOf(CANARY, place(bytes))).toEqual(["there: hex"]);
  });

  test("[WT1] finds nothing where it is not", () => {
    const other = [...formsOf(newCanary()).values()];
    expect(leaksOf(CANARY, place(Buffer.concat(other)))).toEqual([]);
    expect(newCanary()).not.toBe(newCanary());
  });
});
