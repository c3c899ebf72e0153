import { expect, test } from "vitest";

import {
  type LinkFailure,
  linkFailureText,
} from "../../../../app/features/linking/link-failure-text.ts";
import { speak, texts } from "../../../../app/text/speech.ts";
import { SAS_EMOJI, emojiOf } from "../../../../crypto/verify/emoji.ts";

/** Each error once: a new one does not compile without a line here. */
const EVERY: { readonly [Type in LinkFailure["type"]]: Extract<LinkFailure, { type: Type }> } = {
  NameEmpty: { type: "NameEmpty" },
  NameTooLong: { type: "NameTooLong", limit: 64 },
  DeviceLinkMalformed: { type: "DeviceLinkMalformed" },
  LinkVersionUnknown: { type: "LinkVersionUnknown" },
  DeviceLinkExpired: { type: "DeviceLinkExpired" },
  LinkSameRole: { type: "LinkSameRole", role: "new" },
  LinkOtherRelay: { type: "LinkOtherRelay", relayUrl: "https://relay.example" },
  RelayUnreachable: { type: "RelayUnreachable" },
  RegistrationRefused: { type: "RegistrationRefused" },
  LinkUsed: { type: "LinkUsed" },
  LinkForged: { type: "LinkForged" },
  LinkCancelled: { type: "LinkCancelled" },
  DevicesTooMany: { type: "DevicesTooMany", limit: 10 },
  GrantTooLong: { type: "GrantTooLong" },
  StorageFailed: { type: "StorageFailed" },
  StorageFull: { type: "StorageFull" },
  EngineGone: { type: "EngineGone" },
  EngineBusy: { type: "EngineBusy" },
};

test("[ALD4] every failure is a sentence in each language", () => {
  for (const language of ["en", "de"]) {
    speak(language, []);
    const said = Object.values(EVERY).map(linkFailureText);
    expect(said.filter((it) => !/^\p{Lu}.*[.]$/u.test(it))).toEqual([]);
    const other = linkFailureText({ type: "LinkSameRole", role: "member" });
    expect(said).not.toContain(other);
  }
});

test("[ALD2] all 64 pictures have a name of their own in each language", () => {
  const english = Array.from({ length: 64 }, (_, n) => {
    // Seven times the same six bits, the first of which are looked at.
    const [picture] = emojiOf(Uint8Array.of(n << 2, ...new Uint8Array(SAS_EMOJI)));
    return picture?.name ?? "";
  });
  expect(new Set(english).size).toBe(64);
  speak("de", []);
  const german = english.map(texts().linking.pictureName);
  expect(new Set(german).size).toBe(64);
  expect(german.filter((it, n) => it === english[n])).toEqual(["Panda", "Pizza", "Hammer", "Ball"]);
  expect(german[36]).toBe("Daumen hoch");
});
