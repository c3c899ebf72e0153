/** The account's settings, for every screen: read once for all of them, and kept up to date. */
import { createContext, type ReactElement, type ReactNode, use, useCallback } from "react";

import { DEFAULT_SETTINGS, type Settings } from "../../sync/rooms/settings.ts";
import { readSettings } from "../db/settings.ts";
import { useRows } from "../ui/use-rows.ts";
import { useFirstLook } from "./first-look.ts";
import { useSession } from "./session.ts";

const SettingsContext = createContext<Settings>(DEFAULT_SETTINGS);

export const useSettings = (): Settings => use(SettingsContext);

export function SettingsProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const { db } = useSession();
  const read = useCallback(() => readSettings(db), [db]);
  const settings = useRows(read, useFirstLook()?.settings) ?? DEFAULT_SETTINGS;
  return <SettingsContext value={settings}>{children}</SettingsContext>;
}
