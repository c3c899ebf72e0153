/**
 * The app's entry. What this device holds is painted first; the engine and the network come after.
 */
import { type ReactElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { connectEngine } from "./engine/dial-engine.ts";
import type { RemoteDevice } from "./engine/remote-device.ts";
import { InsecureScreen, UnsupportedScreen } from "./features/onboarding/explaining-screens.tsx";
import { isSecure, missingCapability } from "./platform/capabilities.ts";
import { takeInviteLink } from "./platform/invite-fragment.ts";
import { listenPreferences, openPreferences, readPreferences } from "./platform/preferences.ts";
import { registerServiceWorker } from "./platform/service-worker-updates.ts";
import { boot } from "./shell/boot.ts";
import { FaultBoundary } from "./shell/fault-boundary.tsx";
import { openLastChat } from "./shell/last-chat.ts";
import { Root } from "./shell/root.tsx";
import { speak } from "./text/speech.ts";

import "./style/index.css";

/** Strict about secrets in the address bar: this runs before anything that could fail. */
const inviteLink = takeInviteLink();

let engine: RemoteDevice | undefined;
const painted = Promise.withResolvers<void>();
const connect = (): RemoteDevice => (engine ??= connectEngine(painted.promise));

const speakPreferred = (): void => speak(readPreferences().language, navigator.languages);

async function firstScreen(): Promise<ReactElement> {
  if (!isSecure()) return <InsecureScreen />;
  const missing = missingCapability();
  if (missing !== null) return <UnsupportedScreen missing={missing} />;
  const found = await boot();
  if (found.type === "started") openLastChat();
  return <Root found={found} inviteLink={inviteLink} connect={connect} />;
}

async function main(): Promise<void> {
  openPreferences();
  speakPreferred();
  listenPreferences(speakPreferred);
  const root = document.getElementById("root");
  if (root === null) return;
  createRoot(root).render(
    <StrictMode>
      <FaultBoundary>{await firstScreen()}</FaultBoundary>
    </StrictMode>,
  );
  setTimeout(painted.resolve, ENGINE_AFTER_MS);
  // So that the first paint never waits for a download.
  setTimeout(() => void registerServiceWorker(), SERVICE_WORKER_AFTER_MS);
}

/** The rows of a chat are on the screen by then; nobody has typed anything. */
const ENGINE_AFTER_MS = 150;
const SERVICE_WORKER_AFTER_MS = 1_000;

void main();
