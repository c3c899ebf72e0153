/**
 * A safety number that was scanned: is it that of the contact who showed it? [ASC1] One that agrees can be
 * marked at once; one that does not is said plainly.
 */
import { type ReactElement, useEffect, useState } from "react";

import type { Chat } from "../../db/chats.ts";
import { useSession } from "../../session/session.ts";
import { nameOf } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { checkCode, type CheckedCode } from "./check-code.ts";

type Props = {
  readonly link: string;
  readonly chats: readonly Chat[];
  readonly onClose: () => void;
};

type Found = { readonly type: "working" } | CheckedCode;

export function ScannedDialog({ link, chats, onClose }: Props): ReactElement {
  const { device } = useSession();
  const [found, setFound] = useState<Found>({ type: "working" });
  const words = texts().recovery.safety;
  const account = found.type === "agrees" ? found.account : null;
  const chat = chats.find((it) => it.kind === "dm" && it.account === account);

  useEffect(() => {
    void checkCode(device, link, null).then(setFound);
  }, [device, link]);
  const verify = async (c: number): Promise<void> => {
    await device.call("chats", "verify", c, true);
    onClose();
  };
  return (
    <Dialog heading={words.checkHeading} onClose={onClose}>
      <p role="status">
        {found.type === "working" ? words.working : ""}
        {found.type === "agrees" && chat !== undefined ? words.match(nameOf(chat)) : ""}
      </p>
      <p className="failure" role="alert">
        {found.type === "failed" ? found.why : ""}
      </p>
      {found.type === "agrees" && chat !== undefined ? (
        <button type="button" className="primary-button" onClick={() => void verify(chat.c)}>
          {words.verify}
        </button>
      ) : (
        <button type="button" className="primary-button" onClick={onClose}>
          {texts().done}
        </button>
      )}
    </Dialog>
  );
}
