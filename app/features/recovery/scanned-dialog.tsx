/**
 * A safety number that was scanned: is it that of the contact who showed it? [ASC1] One that agrees can be
 * marked at once; one that does not is said plainly.
 */
import { type ReactElement, useEffect, useState } from "react";

import type { Chat } from "../../db/chats.ts";
import { readSafetyLink } from "../../platform/safety-link.ts";
import { useSession } from "../../session/session.ts";
import { nameOf } from "../../text/chat-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { safetyFailureText } from "./safety-failure-text.ts";

type Props = {
  readonly link: string;
  readonly chats: readonly Chat[];
  readonly onClose: () => void;
};

type Found =
  | { readonly type: "working" }
  | { readonly type: "failed"; readonly why: string }
  | { readonly type: "agrees" };

export function ScannedDialog({ link, chats, onClose }: Props): ReactElement {
  const { device } = useSession();
  const [found, setFound] = useState<Found>({ type: "working" });
  const { safety: words, done } = texts().recovery;
  const shown = readSafetyLink(link);
  const account = shown?.account ?? "";
  const chat = chats.find((it) => it.kind === "dm" && it.account === account);

  useEffect(() => {
    const compare = async (): Promise<Found> => {
      const scanned = readSafetyLink(link);
      if (scanned === null) return { type: "failed", why: words.codeMalformed };
      const agrees = await device.call("safety", "matches", scanned.account, scanned.code);
      if (!agrees.ok) return { type: "failed", why: safetyFailureText(agrees.error) };
      return agrees.value ? { type: "agrees" } : { type: "failed", why: words.noMatch };
    };
    void compare().then(setFound);
  }, [device, link, words]);
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
          {done}
        </button>
      )}
    </Dialog>
  );
}
