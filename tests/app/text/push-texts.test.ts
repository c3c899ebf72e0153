import { expect, test } from "vitest";

import { pushTexts } from "../../../app/text/push-texts.ts";

test("[ATX1] notifications speak the first language of the browser that they know, else English", () => {
  expect(pushTexts(["fr", "de-AT", "en"]).message).toBe("Neue Nachricht");
  expect(pushTexts(["EN-gb", "de"]).request("Bob")).toBe("Bob would like to write to you");
  expect(pushTexts([]).unknown).toBe("You may have new messages");
});
