/** Chooses between the first screen, the app, and the screens that explain why there is neither. */
import {
  type ReactElement,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { useLocation } from "wouter";

import { readMe } from "../db/me.ts";
import type { RemoteDevice } from "../engine/remote-device.ts";
import { ChatMenuProvider } from "../features/chat-menu/chat-menu-provider.tsx";
import { ErasingScreen } from "../features/devices/erasing-screen.tsx";
import { LinkDialog } from "../features/linking/link-dialog.tsx";
import {
  BrokenScreen,
  ClearedScreen,
  EngineScreen,
  type Entrance,
} from "../features/onboarding/explaining-screens.tsx";
import { newcomerOf } from "../features/onboarding/newcomer.ts";
import { OnboardingScreen } from "../features/onboarding/onboarding-screen.tsx";
import { RestorePanels } from "../features/recovery/panels.tsx";
import { followInviteLinks, isDeviceLink } from "../platform/invite-fragment.ts";
import { listenPreferences, readPreferences, setPreferences } from "../platform/preferences.ts";
import { isSafetyLink } from "../platform/safety-link.ts";
import { rememberStart } from "../platform/sentinel.ts";
import { FirstLookContext } from "../session/first-look.ts";
import { SessionContext } from "../session/session.ts";
import { SettingsProvider } from "../session/settings.tsx";
import { Announcer } from "../ui/announcer.tsx";
import { useLate } from "../ui/use-live.ts";
import { useRows } from "../ui/use-rows.ts";
import { boot, type Boot, startAgain } from "./boot.ts";
import { eraseEverything, followErasing } from "./erase.ts";
import { Home } from "./home.tsx";

type Props = {
  /** What `boot` found, so that the first paint is the right one. */
  readonly found: Boot;
  readonly inviteLink: string | null;
  /** The engine; made at the first call. */
  readonly connect: () => RemoteDevice;
};

export function Root({ found, inviteLink, connect }: Props): ReactElement {
  const chosen = useSyncExternalStore(listenPreferences, () => readPreferences().language);
  const [state, setState] = useState(found);
  const [invite, setInvite] = useState(inviteLink);
  const [, navigate] = useLocation();

  const onStarted = useCallback(
    async (c: number | null, unused: string | null): Promise<void> => {
      rememberStart();
      setInvite(unused);
      setState(await boot());
      navigate(c === null ? "/" : `/chat/${c}`, { replace: true });
    },
    [navigate],
  );
  const [erasing, setErasing] = useState<"busy" | "failed" | null>(null);
  const db = state.type === "started" ? state.db : null;
  const onErase = useCallback(async (): Promise<void> => {
    setErasing("busy");
    if (!(await eraseEverything(() => db?.close()))) setErasing("failed");
  }, [db]);
  useEffect(
    () =>
      followErasing(() => {
        db?.close();
        setErasing("busy");
      }),
    [db],
  );
  const [entrance, setEntrance] = useState<Entrance>("start");
  const onGoOn = useCallback(async (by: Entrance): Promise<void> => {
    await startAgain();
    setPreferences({ lastChat: null });
    setEntrance(by);
    setState({ type: "new" });
  }, []);

  if (erasing !== null) {
    return <ErasingScreen hasFailed={erasing === "failed"} onAgain={() => void onErase()} />;
  }
  return (
    // All of it asks for texts while rendering: another language renders it anew.
    <Announcer key={chosen}>
      {state.type === "broken" ? <BrokenScreen /> : null}
      {state.type === "cleared" ? <ClearedScreen onGoOn={(by) => void onGoOn(by)} /> : null}
      {state.type === "new" ? (
        <Onboarding
          connect={connect}
          entrance={entrance}
          link={invite}
          onInvite={setInvite}
          onStarted={(c, unused) => void onStarted(c, unused)}
        />
      ) : null}
      {state.type === "started" ? (
        <Started
          found={state}
          connect={connect}
          inviteLink={invite}
          onErase={() => void onErase()}
        />
      ) : null}
    </Announcer>
  );
}

/** On a slow phone with a cold cache; beyond it the person is told, and may reload. */
const ENGINE_STARTS_MS = 10_000;

type OnboardingProps = {
  readonly connect: Props["connect"];
  readonly entrance: Entrance;
  readonly link: string | null;
  /** An invite was opened while the first screen is there. */
  readonly onInvite: (link: string) => void;
  /** `unused`: an invite that is still to be asked about. */
  readonly onStarted: (c: number | null, unused: string | null) => void;
};

/** The engine starts while the person types their name, so that Start is quick. */
function Onboarding(props: OnboardingProps): ReactElement {
  const { connect, entrance, link, onInvite, onStarted } = props;
  const device = connect();
  const isOfDevice = link !== null && isDeviceLink(link);
  const isInvite = link !== null && !isOfDevice && !isSafetyLink(link);
  // Who comes back instead of starting anew has not used it yet.
  const unused = isInvite ? link : null;
  const [linking, setLinking] = useState<{ readonly link: string | null } | null>(
    isOfDevice ? { link } : entrance === "link" ? { link: null } : null,
  );
  const [restoring, setRestoring] = useState<"restore" | "import" | null>(
    entrance === "restore" ? "restore" : null,
  );
  const newcomer = useMemo(
    () => newcomerOf(device, isInvite ? link : null),
    [device, isInvite, link],
  );
  useEffect(
    () =>
      followInviteLinks((opened) =>
        isDeviceLink(opened) ? setLinking({ link: opened }) : onInvite(opened),
      ),
    [onInvite],
  );
  const engine = useSyncExternalStore(device.listen, device.state);
  const isSlow = useLate(engine.type === "starting", ENGINE_STARTS_MS);
  if (engine.type === "notOpened") return <EngineScreen />;
  return (
    <>
      <OnboardingScreen
        newcomer={newcomer}
        slow={isSlow}
        onLink={() => setLinking({ link: null })}
        onRestore={() => setRestoring("restore")}
        onStarted={(c) => onStarted(c, null)}
      />
      {linking !== null ? (
        <LinkDialog
          device={device}
          link={linking.link}
          onJoined={() => onStarted(null, unused)}
          onClose={() => setLinking(null)}
        />
      ) : null}
      {restoring !== null ? (
        <RestorePanels
          panel={restoring}
          device={device}
          onBackup={() => setRestoring("import")}
          onStarted={() => onStarted(null, unused)}
          onClose={() => setRestoring(null)}
        />
      ) : null}
    </>
  );
}

type StartedProps = {
  readonly found: Extract<Boot, { readonly type: "started" }>;
  readonly connect: Props["connect"];
  readonly inviteLink: string | null;
  readonly onErase: () => void;
};

function Started({ found, connect, inviteLink, onErase }: StartedProps): ReactElement {
  const { db, me, first } = found;
  useEffect(() => first.forget(), [first]);
  const { account } = me;
  const read = useCallback(() => readMe(db), [db]);
  // The person may be called something else from now on, by any of their devices.
  const name = useRows(read)?.name ?? me.name;
  const session = useMemo(
    () => ({ db, me: { account, name }, device: connect() }),
    [db, account, name, connect],
  );
  return (
    <SessionContext value={session}>
      <FirstLookContext value={first}>
        <SettingsProvider>
          <ChatMenuProvider>
            <Home inviteLink={inviteLink} onErase={onErase} />
          </ChatMenuProvider>
        </SettingsProvider>
      </FirstLookContext>
    </SessionContext>
  );
}
