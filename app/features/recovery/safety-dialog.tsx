/**
 * The safety number of a contact. [ASD1] Both see the same digits, in twelve groups, and a code that the
 * other's camera opens. [ASD2] That the person has compared is kept, on all their devices, and can be taken
 * back. [ASD3] The code on the other's screen is read here and compared; another contact's is not taken for it.
 */
import { type ReactElement, useEffect, useState } from "react";

import type { SafetyError, SafetyNumber } from "../../../sync/safety/safety.ts";
import type { Chat } from "../../db/chats.ts";
import type { EngineFailure } from "../../engine/calls.ts";
import { safetyLinkOf } from "../../platform/safety-link.ts";
import { useSession } from "../../session/session.ts";
import { nameOf } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { ScanButton } from "../../ui/scan-button.tsx";
import { QrCode } from "../invite/qr-code.tsx";
import { checkCode, type CheckedCode } from "./check-code.ts";
import { safetyFailureText } from "./safety-failure-text.ts";

type Props = { readonly chat: Chat; readonly onClose: () => void };

const GROUP_DIGITS = 5;

export function SafetyDialog({ chat, onClose }: Props): ReactElement {
  const { device, me } = useSession();
  const [shown, setShown] = useState<SafetyNumber | null>(null);
  const [failure, setFailure] = useState<EngineFailure | SafetyError | null>(null);
  const { safety: words } = texts().recovery;
  const name = nameOf(chat);
  const isVerified = chat.marks.verified?.value ?? false;

  useEffect(() => {
    const load = async (): Promise<void> => {
      const answer = await device.call("safety", "numberWith", chat.account);
      if (answer.ok) setShown(answer.value);
      else setFailure(answer.error);
    };
    void load();
  }, [device, chat.account]);
  const verify = async (on: boolean): Promise<void> => {
    const done = await device.call("chats", "verify", chat.c, on);
    if (!done.ok && done.error.type !== "ChannelUnknown") setFailure(done.error);
  };
  return (
    <Dialog heading={words.heading(name)} onClose={onClose}>
      <p>{words.lead(name)}</p>
      {shown === null ? (
        <p className="hint" role="status">
          {failure === null ? words.working : ""}
        </p>
      ) : (
        <>
          <ol className="safety-digits" aria-label={words.digits} dir="ltr">
            {groupsOf(shown.digits).map((group, i) => (
              // oxlint-disable-next-line react/no-array-index-key -- a group may come twice; its place is what it is
              <li key={i}>{group}</li>
            ))}
          </ol>
          <QrCode
            text={safetyLinkOf(location.origin, { account: me.account, code: shown.code })}
            label={words.qr}
          />
          <p className="hint">{words.scanHint(name)}</p>
          <ScanCheck chat={chat} />
        </>
      )}
      <p className="failure" role="alert">
        {failure === null ? "" : safetyFailureText(failure)}
      </p>
      <p role="status">{isVerified ? words.isVerified(name) : words.notVerified(name)}</p>
      <button
        type="button"
        className={isVerified ? "quiet-button" : "primary-button"}
        onClick={() => void verify(!isVerified)}
      >
        {isVerified ? words.unverify : words.verify}
      </button>
      <p className="hint">{words.stays}</p>
    </Dialog>
  );
}

/** Reads the code on the other's screen. */
function ScanCheck({ chat }: { readonly chat: Chat }): ReactElement {
  const { device } = useSession();
  const [checked, setChecked] = useState<CheckedCode | null>(null);
  const { safety: words } = texts().recovery;
  const name = nameOf(chat);
  const check = async (text: string): Promise<void> => {
    setChecked(null);
    setChecked(await checkCode(device, text, { account: chat.account, name }));
  };
  return (
    <>
      <ScanButton onText={(text) => void check(text)} />
      <p role="status">{checked?.type === "agrees" ? words.match(name) : ""}</p>
      <p className="failure" role="alert">
        {checked?.type === "failed" ? checked.why : ""}
      </p>
    </>
  );
}

const groupsOf = (digits: string): readonly string[] =>
  Array.from({ length: digits.length / GROUP_DIGITS }, (_, i) =>
    digits.slice(i * GROUP_DIGITS, (i + 1) * GROUP_DIGITS),
  );
