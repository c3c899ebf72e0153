import { expect, test, vi } from "vitest";

import { fileToSave } from "../../../app/platform/save-file.ts";

test("[ASF1] what was closed is downloaded under its name, and what was not is no file", () => {
  const made: Blob[] = [];
  URL.createObjectURL = (it) => {
    made.push(it as Blob);
    return "blob:x";
  };
  URL.revokeObjectURL = vi.fn<() => void>();
  const clicked: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function click(
    this: HTMLAnchorElement,
  ) {
    clicked.push(`${this.download} ${this.href}`);
  });
  const file = fileToSave("backup.age");
  file.write(Uint8Array.of(1, 2));
  file.write(Uint8Array.of(3));
  expect(made).toEqual([]);
  file.close();
  expect(made.map((it) => it.size)).toEqual([3]);
  expect(clicked).toEqual(["backup.age blob:x"]);
  vi.restoreAllMocks();
});
