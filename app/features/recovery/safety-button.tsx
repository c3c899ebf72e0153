/** The way from a 1:1 chat to its safety number: its name, and a sign that it was compared. */
import { ShieldCheck } from "lucide-react";
import { type ReactElement, Suspense, useState } from "react";

import type { Chat } from "../../db/chats.ts";
import { texts } from "../../text/speech.ts";
import { late } from "../../ui/late.tsx";

const SafetyDialog = late(async () => (await import("./safety-dialog.tsx")).SafetyDialog);

/** Lies below the name, which presses it too (conversation-header.tsx). */
export function SafetyButton({ chat }: { readonly chat: Chat }): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  if (chat.kind !== "dm") return null;
  return (
    <>
      <button
        type="button"
        className="title-button"
        aria-label={texts().recovery.safety.button}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      />
      {isOpen ? (
        <Suspense fallback={null}>
          <SafetyDialog chat={chat} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

/** Beside the name. */
export const VerifiedSign = ({ chat }: { readonly chat: Chat }): ReactElement | null =>
  chat.marks.verified?.value === true ? (
    <ShieldCheck className="verified-sign" role="img" aria-label={texts().recovery.safety.badge} />
  ) : null;
