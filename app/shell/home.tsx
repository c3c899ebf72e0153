/** Everything of a person who has started: the chats beside the open one, and what lies above both. */
import { Search, Settings, UserPlus, Users } from "lucide-react";
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useLocation, useRoute } from "wouter";

import { unreachable } from "../../crypto/base/assert.ts";
import type { Chat } from "../db/chats.ts";
import { ChatList, useChats } from "../features/chats/chat-list.tsx";
import { Conversation } from "../features/conversation/conversation.tsx";
import { DevicesSection } from "../features/devices/devices-section.tsx";
import { HistoryPage } from "../features/devices/history-page.tsx";
import { SignOutDialog } from "../features/devices/sign-out-dialog.tsx";
import { useIntroduction } from "../features/devices/use-own-devices.ts";
import { NewGroupDialog } from "../features/groups/new-group-dialog.tsx";
import { AcceptDialog } from "../features/invite/accept-dialog.tsx";
import { InviteDialog } from "../features/invite/invite-dialog.tsx";
import { LinkDialog } from "../features/linking/link-dialog.tsx";
import { NotificationCard } from "../features/notifications/notification-card.tsx";
import { NotificationSwitch } from "../features/notifications/notification-switch.tsx";
import { useKeepNotifications } from "../features/notifications/use-notifications.ts";
import { useTellNews } from "../features/notifications/use-tell-news.ts";
import { type RecoveryPanel, RecoveryPanels, ScannedPanel } from "../features/recovery/panels.tsx";
import { RecoveryCard } from "../features/recovery/recovery-card.tsx";
import { ExportButton, RecoverySection } from "../features/recovery/recovery-section.tsx";
import { SettingsDialog } from "../features/settings/settings-dialog.tsx";
import { ShortcutsDialog } from "../features/shortcuts/shortcuts-dialog.tsx";
import { type Doing, SwitcherDialog } from "../features/switcher/switcher-dialog.tsx";
import { followInviteLinks, isDeviceLink, relayInviteOf } from "../platform/invite-fragment.ts";
import { followNetwork, followVisibility } from "../platform/presence-of-person.ts";
import { followNotifications } from "../platform/push.ts";
import { isSafetyLink } from "../platform/safety-link.ts";
import { useSharedDrafts } from "../rooms/use-shared-drafts.ts";
import { JUST_MADE } from "../session/just-made.ts";
import { useSession } from "../session/session.ts";
import { texts } from "../text/speech.ts";
import { Brand } from "../ui/brand.tsx";
import { Strips } from "./strips.tsx";
import { useFocusBack } from "./use-focus-back.ts";
import { useShortcuts } from "./use-shortcuts.ts";

const NO_CHATS: readonly Chat[] = [];

type Panel =
  | { readonly type: "invite" }
  | { readonly type: "newGroup" }
  | { readonly type: "accept"; readonly link: string }
  | { readonly type: "settings" }
  | { readonly type: "safety"; readonly link: string }
  | { readonly type: "signOut" }
  /** `from`: where it was asked for, and what is gone back to. */
  | { readonly type: "recovery"; readonly panel: RecoveryPanel; readonly from?: Panel }
  | { readonly type: "link"; readonly link: string | null }
  | { readonly type: "switcher" }
  | { readonly type: "keys" };

/** Where a link of ours leads. */
function panelOf(link: string): Panel {
  if (isSafetyLink(link)) return { type: "safety", link };
  return { type: isDeviceLink(link) ? "link" : "accept", link };
}

type HomeProps = {
  /** The app was opened by it. */
  readonly inviteLink: string | null;
  /** Takes everything out of this browser. */
  readonly onErase: () => void;
};

export function Home({ inviteLink, onErase }: HomeProps): ReactElement {
  const [panel, setPanel] = useState<Panel | null>(null);
  const { device } = useSession();
  const [, navigate] = useLocation();
  const openC = useOpenChat();
  const [isHistory] = useRoute("/history");
  const isList = openC === null && !isHistory;
  const chats = useChats();
  const openChat: PanelsProps["onOpen"] = (c, state) => {
    setPanel(null);
    navigate(`/chat/${c}`, { state });
  };
  const onSwitcher = useCallback(() => setPanel({ type: "switcher" }), []);
  const onKeys = useCallback(() => setPanel({ type: "keys" }), []);
  const onRecovery = (it: RecoveryPanel): void => setPanel({ type: "recovery", panel: it });

  usePersonHere();
  useIntroduction();
  useSharedDrafts();
  useKeepNotifications();
  useTellNews(chats);
  useEffect(() => followNotifications((c) => navigate(`/chat/${c}`)), [navigate]);
  useFocusBack(openC, isList);
  useShortcuts(chats ?? NO_CHATS, openC, { onSwitcher, onKeys });
  useEffect(() => {
    const follow = (link: string): void => {
      const inviteToken = relayInviteOf(link);
      if (inviteToken === null) setPanel(panelOf(link));
      else void device.call("device", "admit", inviteToken);
    };
    if (inviteLink !== null) follow(inviteLink);
    return followInviteLinks(follow);
  }, [device, inviteLink]);

  return (
    <div className="app" data-pane={isList ? "list" : "chat"}>
      <Strips isLeaving={panel?.type === "signOut"} onErase={() => setPanel({ type: "signOut" })} />
      <Sidebar
        chats={chats ?? NO_CHATS}
        openC={openC}
        isHeaded={isList}
        onSwitcher={onSwitcher}
        onInvite={() => setPanel({ type: "invite" })}
        onNewGroup={() => setPanel({ type: "newGroup" })}
        onSettings={() => setPanel({ type: "settings" })}
        onWords={() => onRecovery("words")}
        isCovered={panel !== null}
      />
      {isHistory ? (
        <HistoryPage
          isCovered={panel !== null}
          onLink={() => setPanel({ type: "link", link: null })}
          backup={<ExportButton onClick={() => onRecovery("export")} />}
        />
      ) : openC === null ? (
        <NoChat />
      ) : (
        <Conversation key={openC} c={openC} />
      )}
      {panel === null ? null : (
        <Panels
          panel={panel}
          onPanel={setPanel}
          chats={chats ?? NO_CHATS}
          openC={openC}
          onOpen={openChat}
          onErase={onErase}
        />
      )}
    </div>
  );
}

type PanelsProps = {
  readonly panel: Panel;
  readonly onPanel: (panel: Panel | null) => void;
  readonly chats: readonly Chat[];
  readonly openC: number | null;
  /** Closes the panel, too. */
  readonly onOpen: (c: number, state?: typeof JUST_MADE) => void;
  readonly onErase: () => void;
};

/** What lies above the chats. */
function Panels(props: PanelsProps): ReactElement {
  const { panel, onPanel, chats, openC, onOpen, onErase } = props;
  const { device } = useSession();
  const doings = useDoings(onPanel);
  const close = (): void => onPanel(null);
  const onRecovery = (it: RecoveryPanel, from?: Panel): void =>
    onPanel({ type: "recovery", panel: it, ...(from && { from }) });
  switch (panel.type) {
    case "invite":
      return <InviteDialog onClose={close} onReceived={(link) => onPanel(panelOf(link))} />;
    case "newGroup":
      return <NewGroupDialog onMade={(c) => onOpen(c, JUST_MADE)} onClose={close} />;
    case "accept":
      return <AcceptDialog link={panel.link} onClose={close} onOpened={onOpen} />;
    case "settings":
      return (
        <SettingsDialog
          notifications={<NotificationSwitch />}
          devices={
            <>
              <DevicesSection
                onLink={() => onPanel({ type: "link", link: null })}
                onSignOut={() => onPanel({ type: "signOut" })}
                onHistory={close}
              />
              <RecoverySection onPanel={onRecovery} />
            </>
          }
          onKeys={() => onPanel({ type: "keys" })}
          onClose={close}
        />
      );
    case "signOut":
      return (
        <SignOutDialog
          backup={<ExportButton onClick={() => onRecovery("export", panel)} />}
          onErase={onErase}
          onClose={close}
        />
      );
    case "safety":
      return <ScannedPanel link={panel.link} chats={chats} onClose={close} />;
    case "recovery":
      return (
        <RecoveryPanels {...panel} device={device} onClose={() => onPanel(panel.from ?? null)} />
      );
    case "link":
      return <LinkDialog device={device} link={panel.link} onClose={close} />;
    case "switcher":
      return (
        <SwitcherDialog
          chats={chats}
          doings={doings}
          openC={openC}
          onChoose={onOpen}
          onClose={close}
        />
      );
    case "keys":
      return <ShortcutsDialog onClose={close} />;
    default:
      return unreachable(panel);
  }
}

/** What one finds by its name, wherever its button is. */
function useDoings(onPanel: PanelsProps["onPanel"]): readonly Doing[] {
  const [, navigate] = useLocation();
  const { groups, invite, linking, devices, recovery, settings, keys } = texts();
  const to = (name: string, panel: Panel, id: string = panel.type): Doing => ({
    id,
    name,
    onDo: () => onPanel(panel),
  });
  const onHistory = (): void => {
    onPanel(null);
    navigate("/history");
  };
  return [
    to(groups.button, { type: "newGroup" }),
    to(invite.button, { type: "invite" }),
    to(linking.button, { type: "link", link: null }),
    { id: "history", name: devices.whereHeading, onDo: onHistory },
    to(recovery.words, { type: "recovery", panel: "words" }, "words"),
    to(recovery.exportBackup, { type: "recovery", panel: "export" }, "export"),
    to(recovery.importBackup, { type: "recovery", panel: "import" }, "import"),
    to(settings.heading, { type: "settings" }),
    to(keys.heading, { type: "keys" }),
    to(devices.signOut, { type: "signOut" }),
  ];
}

type SidebarProps = {
  readonly chats: readonly Chat[];
  readonly openC: number | null;
  /** An open chat or page has the document's heading, else the list has. */
  readonly isHeaded: boolean;
  readonly onSwitcher: () => void;
  readonly onInvite: () => void;
  readonly onNewGroup: () => void;
  readonly onSettings: () => void;
  readonly onWords: () => void;
  readonly isCovered: boolean;
};

function Sidebar(props: SidebarProps): ReactElement {
  const { chats, openC, isHeaded, onSwitcher, onInvite, onNewGroup, onSettings } = props;
  const words = texts();
  const alone = chats.every(({ kind }) => kind === "self");
  return (
    <nav className="sidebar" aria-label={words.chats.navigation}>
      <header className="sidebar-header">
        <Brand />
        {isHeaded ? <h1 className="wordmark">Kith</h1> : <span className="wordmark">Kith</span>}
        <button
          type="button"
          className="icon-button"
          aria-label={words.switcher.heading}
          onClick={onSwitcher}
        >
          <Search aria-hidden="true" />
        </button>
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
        <NotificationCard chats={chats} />
        <RecoveryCard isCovered={props.isCovered} onWords={props.onWords} />
        {alone ? <p className="sidebar-hint">{words.chats.firstHint}</p> : null}
      </div>
      <footer className="sidebar-footer">
        <button type="button" className="invite-button" data-prominent={alone} onClick={onInvite}>
          <UserPlus aria-hidden="true" />
          {words.invite.button}
        </button>
        <button type="button" className="invite-button" onClick={onNewGroup}>
          <Users aria-hidden="true" />
          {words.groups.button}
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

/** Tells the engine whether the person is here, and whether there is a network. */
function usePersonHere(): void {
  const { device } = useSession();
  useEffect(() => {
    const unfollow = [followVisibility(device.visible), followNetwork(device.network)];
    return () => {
      for (const stop of unfollow) stop();
    };
  }, [device]);
}
