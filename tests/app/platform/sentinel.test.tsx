import { beforeEach, expect, test } from "vitest";

import { forgetStart, rememberStart, wasStarted } from "../../../app/platform/sentinel.ts";

beforeEach(() => forgetStart());

test("[ASE1] either place alone remembers that somebody started", () => {
  expect(wasStarted()).toBe(false);
  rememberStart();
  expect(wasStarted()).toBe(true);
  localStorage.clear();
  expect(wasStarted()).toBe(true);
  forgetStart();
  localStorage.setItem("kith", "1");
  expect(wasStarted()).toBe(true);
  forgetStart();
  expect(wasStarted()).toBe(false);
});

test("[ASE2] neither place says anything but that", () => {
  rememberStart();
  expect(document.cookie).toBe("kith=1");
  expect(localStorage).toHaveLength(1);
  expect(localStorage.getItem("kith")).toBe("1");
});

test("[ASE1] another cookie is no sentinel", () => {
  document.cookie = "xkith=1";
  document.cookie = "kith=10; Path=/elsewhere";
  expect(wasStarted()).toBe(false);
});
