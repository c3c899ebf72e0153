/** Everything of a person who has started: the chats beside the open one, and what lies above both. */
import { Settings, UserPlus } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { useLocation, useRoute } from "wouter";

import type { Chat } from "../db/chats.ts";
import { ChatList, useChats } from "../features/chats/chat-list.tsx";
import { Conversation } from "../features/conversation/conversation.tsx";
import { AcceptDialog } from "../features/invite/accept-dialog.tsx";
import { InviteDialog } from "../features/invite/invite-dialog.tsx";
import { SettingsDialog } from "../features/settings/settings-dialog.tsx";
import { followInviteLinks, relayInviteOf } from "../platform/invite-fragment.ts";
import { followNetwork, followVisibility } from "../platform/presence-of-person.ts";
import { useSession } from "../session/session.ts";
import { texts } from "../text/speech.ts";
import { Brand } from "../ui/brand.tsx";
import { ConnectionStrip } from "./connection-strip.tsx";
import { UpdateStrip } from "./update-strip.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

const NO_CHATS: readonly Chat[] = [];

type Panel =
  | { readonly type: "invite" }
  | { readonly type: "accept"; readonly link: string }
  | { readonly type: "settings" };

/** `inviteLink`: the app was opened by one. */
export function Home({ inviteLink }: { readonly inviteLink: string | null }): ReactElement {
  const [panel, setPanel] = useState<Panel | null>(null);
  const { device } = useSession();
  const [, navigate] = useLocation();
  const openC = useOpenChat();
  const chats = useChats();
  const close = (): void => setPanel(null);

  usePersonHere();
  useShortcuts(chats ?? NO_CHATS, openC);
  useEffect(() => {
    const follow = (link: string): void => {
      const inviteToken = relayInviteOf(link);
      if (inviteToken === null) setPanel({ type: "accept", link });
      else void device.ask({ type: "admit", inviteToken });
    };
    if (inviteLink !== null) follow(inviteLink);
    return followInviteLinks(follow);
  }, [device, inviteLink]);

  return (
    <div className="app" data-pane={openC === null ? "list" : "chat"}>
      <div className="strips">
        <ConnectionStrip />
        <UpdateStrip />
      </div>
      <Sidebar
        chats={chats ?? NO_CHATS}
        openC={openC}
        onInvite={() => setPanel({ type: "invite" })}
        onSettings={() => setPanel({ type: "settings" })}
      />
      {openC === null ? <NoChat /> : <Conversation key={openC} c={openC} />}
      {panel?.type === "invite" ? (
        <InviteDialog onClose={close} onReceived={(link) => setPanel({ type: "accept", link })} />
      ) : null}
      {panel?.type === "accept" ? (
        <AcceptDialog
          link={panel.link}
          onClose={close}
          onOpened={(c) => {
            close();
            navigate(`/chat/${c}`);
          }}
        />
      ) : null}
      {panel?.type === "settings" ? <SettingsDialog onClose={close} /> : null}
    </div>
  );
}

type SidebarProps = {
  readonly chats: readonly Chat[];
  readonly openC: number | null;
  readonly onInvite: () => void;
  readonly onSettings: () => void;
};

function Sidebar({ chats, openC, onInvite, onSettings }: SidebarProps): ReactElement {
  const words = texts();
  const alone = chats.every(({ kind }) => kind === "self");
  return (
    <nav className="sidebar" aria-label={words.chats.navigation}>
      <header className="sidebar-header">
        <Brand />
        {/* An open chat has the page's heading. */}
        {openC === null ? (
          <h1 className="wordmark">Kith</h1>
        ) : (
          <span className="wordmark">Kith</span>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={words.settings.open}
          onClick={onSettings}
        >
          <Settings aria-hidden="true" />
        </button>
      </header>
      <div className="sidebar-scroller">
        <ChatList chats={chats} openC={openC} />
        {alone ? <p className="sidebar-hint">{words.chats.firstHint}</p> : null}
      </div>
      <footer className="sidebar-footer">
        <button type="button" className="invite-button" data-prominent={alone} onClick={onInvite}>
          <UserPlus aria-hidden="true" />
          {words.invite.button}
        </button>
      </footer>
    </nav>
  );
}

const NoChat = (): ReactElement => (
  <main className="pane pane-empty">
    <Brand />
    <p>{texts().chats.pickOne}</p>
  </main>
);

/** The route says which chat is open. */
function useOpenChat(): number | null {
  const [matches, params] = useRoute("/chat/:c");
  const c = matches ? Number(params.c) : Number.NaN;
  return Number.isSafeInteger(c) && c > 0 ? c : null;
}

/** Tells the engine whether the person is here and whether there is a network. */
function usePersonHere(): void {
  const { device } = useSession();
  useEffect(() => {
    const unfollow = [followVisibility(device.visible), followNetwork(device.network)];
    return () => {
      for (const stop of unfollow) stop();
    };
  }, [device]);
}
