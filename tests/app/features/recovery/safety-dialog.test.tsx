import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Chat } from "../../../../app/db/chats.ts";
import type { Answer } from "../../../../app/engine/calls.ts";
import { checkCode } from "../../../../app/features/recovery/check-code.ts";
import { SafetyButton, VerifiedSign } from "../../../../app/features/recovery/safety-button.tsx";
import { SafetyDialog } from "../../../../app/features/recovery/safety-dialog.tsx";
import { ScannedDialog } from "../../../../app/features/recovery/scanned-dialog.tsx";
import { safetyLinkOf } from "../../../../app/platform/safety-link.ts";
import { NO_MARKS } from "../../../../sync/thread/chat-marks.ts";
import { THEM } from "../../db/rows.ts";
import { openDoor, type Shown, show } from "../../screen.tsx";

const DIGITS = Array.from({ length: 60 }, (_, i) => i % 10).join("");
const CODE = new Uint8Array(74).fill(9);
const stamp = { hEff: 1, tie: 1, seq: 1, log: "", id: "" } as never;
const BOB = {
  c: 4,
  kind: "dm",
  account: THEM,
  name: "Bob",
  group: null,
  marks: NO_MARKS,
} as unknown as Chat;
const VERIFIED: Chat = { ...BOB, marks: { ...NO_MARKS, verified: { stamp, value: true } } };

async function answer({ engine }: Shown, given: Answer): Promise<void> {
  const ask = engine.heard.findLast((it) => it.type === "ask");
  if (ask?.type !== "ask") throw new Error("nothing was asked");
  await act(async () => engine.say({ type: "answer", id: ask.id, answer: given }));
}
const asked = ({ engine }: Shown): unknown =>
  engine.heard.flatMap((it) => (it.type === "ask" ? [it.call] : [])).at(-1);

test("[ASD1] the digits stand in twelve groups of five, with a code to scan", async () => {
  const shown = await show(<SafetyButton chat={BOB} />);
  fireEvent.click(screen.getByRole("button", { name: "Safety number" }));
  await screen.findByRole("dialog", { name: "Safety number with Bob" });
  expect(asked(shown)).toEqual({ part: "safety", method: "numberWith", args: [THEM] });
  await answer(shown, { ok: true, value: { digits: DIGITS, code: CODE } });
  const groups = within(screen.getByRole("list", { name: "Safety number" })).getAllByRole(
    "listitem",
  );
  expect(groups.map((it) => it.textContent).join("")).toBe(DIGITS);
  expect(groups).toHaveLength(12);
  expect(screen.getByRole("img", { name: "The safety number as a QR code" })).toBeTruthy();
  expect(screen.getByText(/stays the same/u)).toBeTruthy();
});

test("[ASD2] that the person compared is kept, shown and taken back", async () => {
  const first = await show(<SafetyDialog chat={BOB} onClose={vi.fn<() => void>()} />);
  expect(screen.getByText("You have not verified Bob yet.")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Mark as verified" }));
  expect(asked(first)).toEqual({ part: "chats", method: "verify", args: [4, true] });
  first.unmount();
  const second = await show(
    <>
      <VerifiedSign chat={VERIFIED} />
      <SafetyDialog chat={VERIFIED} onClose={vi.fn<() => void>()} />
    </>,
  );
  expect(screen.getByRole("img", { name: "Verified" })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Take it back" }));
  expect(asked(second)).toEqual({ part: "chats", method: "verify", args: [4, false] });
  await answer(second, { ok: false, error: { type: "EngineGone" } });
  expect(screen.getByRole("alert").textContent).not.toBe("");
});

test("[ASC1] a scanned code that agrees is marked, and one that does not is said", async () => {
  const link = safetyLinkOf("https://kith.example", { account: THEM, code: CODE });
  const close = vi.fn<() => void>();
  const agrees = await show(<ScannedDialog link={link} chats={[BOB]} onClose={close} />);
  expect(asked(agrees)).toEqual({ part: "safety", method: "matches", args: [THEM, CODE] });
  await answer(agrees, { ok: true, value: true });
  expect(screen.getByRole("status").textContent).toContain("this is Bob");
  fireEvent.click(screen.getByRole("button", { name: "Mark as verified" }));
  expect(asked(agrees)).toEqual({ part: "chats", method: "verify", args: [4, true] });
  await answer(agrees, { ok: true, value: undefined });
  expect(close).toHaveBeenCalledOnce();
  agrees.unmount();

  const differs = await show(<ScannedDialog link={link} chats={[BOB]} onClose={close} />);
  await answer(differs, { ok: true, value: false });
  expect(screen.getByRole("alert").textContent).toContain("somebody stands between you");
  expect(screen.queryByRole("button", { name: "Mark as verified" })).toBeNull();
  differs.unmount();
  const broken = await show(<ScannedDialog link="https://x/#BA" chats={[BOB]} onClose={close} />);
  expect(asked(broken)).toBeUndefined();
  expect((await screen.findByText(/no complete safety code/u)).textContent).not.toBe("");
});

test("[ASD3] a code that a camera read is compared, and another contact's is not taken for it", async () => {
  const { device, engine } = await openDoor();
  engine.say({ type: "ready", life: "life" });
  const link = safetyLinkOf("https://kith.example", { account: THEM, code: CODE });
  const check = async (text: string, account: string, agrees: boolean): Promise<unknown> => {
    const checked = checkCode(device, text, { account, name: "Bob" });
    const ask = engine.heard.findLast((it) => it.type === "ask");
    const answered = { ok: true, value: agrees } as const;
    if (ask?.type === "ask") engine.say({ type: "answer", id: ask.id, answer: answered });
    return await checked;
  };
  expect(await check(link, THEM, true)).toEqual({ type: "agrees", account: THEM });
  const why = (text: RegExp) => ({ type: "failed", why: expect.stringMatching(text) });
  expect(await check(link, "f".repeat(64), true)).toEqual(why(/another contact, and not Bob/u));
  expect(await check(link, THEM, false)).toEqual(why(/none of your contacts/u));
  expect(await check("https://elsewhere.example/#Aq", THEM, true)).toEqual(why(/no complete/u));
});
