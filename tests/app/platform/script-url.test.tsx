import { expect, test } from "vitest";

import { ownScriptUrl } from "../../../app/platform/script-url.ts";

test.each(["/service-worker.js", "/assets/worker/engine-AbC_1-2.js", "/assets/index-1.js"])(
  "[ASU1] %s of the own build is a script",
  (url) => {
    expect(ownScriptUrl(url)).toBe(url);
    expect(ownScriptUrl(`${location.origin}${url}`)).toBe(url);
  },
);

test.each([
  "https://elsewhere.example/assets/index-1.js",
  "//elsewhere.example/service-worker.js",
  "data:text/javascript,1",
  "blob:http://localhost/1",
  "javascript:1",
  "/service-worker.js?x",
  "/service-worker.js#x",
  "/v1/blobs/1.js",
  "/assets/../v1/blobs/1.js",
  "/assets/index-1.html",
  "",
])("[ASU2] %s is refused", (url) => {
  expect(() => ownScriptUrl(url)).toThrow(TypeError);
});
