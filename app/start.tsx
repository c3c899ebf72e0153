/**
 * The app, from what `main.ts` has begun to the first screen. What this device holds is painted first;
 * the engine and the network come after.
 */
import { type ReactElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { connectEngine } from "./engine/dial-engine.ts";
import type { RemoteDevice } from "./engine/remote-device.ts";
import { InsecureScreen, UnsupportedScreen } from "./features/onboarding/explaining-screens.tsx";
import { isSecure, missingCapability } from "./platform/capabilities.ts";
import { listenPreferences, readPreferences } from "./platform/preferences.ts";
import { registerServiceWorker } from "./platform/service-worker-updates.ts";
import type { VaultKeyRead } from "./platform/vault-key.ts";
import { boot } from "./shell/boot.ts";
import { FaultBoundary } from "./shell/fault-boundary.tsx";
import { openLastChat } from "./shell/last-chat.ts";
import { Root } from "./shell/root.tsx";
import { speak } from "./text/speech.ts";

let engine: RemoteDevice | undefined;
const painted = Promise.withResolvers<void>();
const connect = (): RemoteDevice => (engine ??= connectEngine(painted.promise));

const speakPreferred = (): void => speak(readPreferences().language, navigator.languages);

export type Begun = {
  /** The link that the app was opened by; no longer in the address bar. */
  readonly inviteLink: string | null;
  /** Null where the browser cannot run the app. */
  readonly key: Promise<VaultKeyRead> | null;
};

async function firstScreen({ inviteLink, key }: Begun): Promise<ReactElement> {
  if (!isSecure()) return <InsecureScreen />;
  const missing = missingCapability();
  if (missing !== null) return <UnsupportedScreen missing={missing} />;
  const found = await boot(key ?? undefined);
  if (found.type === "started") openLastChat();
  return <Root found={found} inviteLink={inviteLink} connect={connect} />;
}

export async function start(begun: Begun): Promise<void> {
  speakPreferred();
  listenPreferences(speakPreferred);
  const root = document.getElementById("root");
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <FaultBoundary>{await firstScreen(begun)}</FaultBoundary>
    </StrictMode>,
  );
  setTimeout(painted.resolve, ENGINE_AFTER_MS);
  // So that the first paint never waits for a download.
  setTimeout(() => void registerServiceWorker(), SERVICE_WORKER_AFTER_MS);
}

/** The rows of a chat are on the screen by then; nobody has typed anything. */
const ENGINE_AFTER_MS = 150;
const SERVICE_WORKER_AFTER_MS = 1_000;
