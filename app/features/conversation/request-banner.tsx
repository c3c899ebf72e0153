/** A stranger who wants to chat: nothing is told to them until the person decides. */
import type { ReactElement } from "react";

import type { Chat } from "../../db/chats.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";

export function RequestBanner({ chat }: { readonly chat: Chat }): ReactElement {
  const { device } = useSession();
  const words = texts().request;
  const decide = (verdict: "accept" | "block"): void => {
    void device.call("device", "decide", chat.account, verdict);
  };
  return (
    <section className="request" aria-labelledby="request-heading">
      <h2 id="request-heading">{words.heading(chat.name)}</h2>
      <p>{words.body}</p>
      <div className="button-row">
        <button type="button" className="primary-button" onClick={() => decide("accept")}>
          {words.accept}
        </button>
        <button type="button" className="quiet-button" onClick={() => decide("block")}>
          {words.block}
        </button>
      </div>
    </section>
  );
}

/** Stands where the composer would. */
export function BlockedNote({ chat }: { readonly chat: Chat }): ReactElement {
  const { device } = useSession();
  const words = texts().conversation;
  const unblock = (): void => {
    void device.call("device", "decide", chat.account, "accept");
  };
  return (
    <div className="composer-note">
      <span>{words.blockedComposer(chat.name)}</span>
      <button type="button" className="quiet-button" onClick={unblock}>
        {words.unblock}
      </button>
    </div>
  );
}
