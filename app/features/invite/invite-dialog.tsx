/**
 * "Invite someone": the link, its QR code, copy and share; and a field for a link that the person
 * got themselves, because links open in the browser and not in an installed app.
 */
import { type ReactElement, useEffect, useState } from "react";

import { useSession } from "../../session/session.ts";
import { type Failure, failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { ReceivedLink } from "../../ui/received-link.tsx";
import { LinkCard } from "./link-card.tsx";

type Props = {
  readonly onClose: () => void;
  /** A link that was pasted. */
  readonly onReceived: (link: string) => void;
};

type Made =
  | { readonly type: "making" }
  | { readonly type: "made"; readonly link: string }
  | { readonly type: "failed"; readonly failure: Failure };

export function InviteDialog({ onClose, onReceived }: Props): ReactElement {
  const { device } = useSession();
  const [made, setMade] = useState<Made>({ type: "making" });
  const words = texts().invite;

  useEffect(() => {
    const make = async (): Promise<void> => {
      const answer = await device.call("device", "invite");
      setMade(
        answer.ok
          ? { type: "made", link: answer.value.link }
          : { type: "failed", failure: answer.error },
      );
    };
    void make();
  }, [device]);

  return (
    <Dialog heading={words.heading} onClose={onClose}>
      <p>{words.body}</p>
      {made.type === "making" ? <p className="hint">{words.making}</p> : null}
      {made.type === "failed" ? <p className="failure">{failureText(made.failure)}</p> : null}
      {made.type === "made" ? (
        <LinkCard
          link={made.link}
          label={words.link}
          qrLabel={words.qr}
          shareText={words.shareText}
        />
      ) : null}
      <ReceivedLink
        heading={texts().invite.receivedHeading}
        label={texts().invite.received}
        submit={texts().invite.open}
        onLink={onReceived}
      />
    </Dialog>
  );
}
