/**
 * The app's entry: small, so that it runs while the app itself is still read and compiled, and begins
 * what waits for other processes of the browser: the preferences and the vault key.
 */
import { isSecure, missingCapability } from "./platform/capabilities.ts";
import { takeInviteLink } from "./platform/invite-fragment.ts";
import { openPreferences } from "./platform/preferences.ts";
import { readVaultKey } from "./platform/vault-key.ts";

import "./style/index.css";

async function main(): Promise<void> {
  // Strict about secrets in the address bar: this comes before anything that could fail.
  const inviteLink = takeInviteLink();
  const app = import("./start.tsx");
  const key = isSecure() && missingCapability() === null ? readVaultKey() : null;
  openPreferences();
  const { start } = await app;
  await start({ inviteLink, key });
}

void main();
