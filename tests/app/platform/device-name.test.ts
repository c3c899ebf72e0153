import { expect, test } from "vitest";

import { deviceName } from "../../../app/platform/device-name.ts";

test("[ADN1] browser and system are named as people know them, or something is", () => {
  const named = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
    "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Version/19 Mobile Safari/604.1",
    "",
  ].map((it) => deviceName(it));
  expect(named).toEqual([
    "Firefox, Linux",
    "Edge, Windows",
    "Chrome, Android",
    "Safari, iPhone",
    "Browser",
  ]);
});
