/**
 * How the app looks, which language it speaks, and whether it tells when somebody writes: of this browser
 * alone, in localStorage, because it is needed before the first paint, and says nothing about their chats
 * (docs/decisions/0095-a-look-is-the-browsers.md). [APF1] A choice lasts. [APF2] Other
 * tabs follow. [APF3] What is not understood becomes its default.
 */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const ACCENTS = ["violet", "blue", "teal", "green", "amber", "rose"] as const;
export type Accent = (typeof ACCENTS)[number];

/** `unasked`: the person has not said. */
export const NOTIFICATIONS = ["unasked", "on", "off"] as const;
export type Notifications = (typeof NOTIFICATIONS)[number];

export type Preferences = {
  readonly theme: Theme;
  readonly accent: Accent;
  /** Null: the browser's. */
  readonly language: string | null;
  /** Whether this browser tells when somebody writes. */
  readonly notifications: Notifications;
  /** The person was asked to write the recovery words down. */
  readonly recoveryOffered: boolean;
  /** The chat that was open last, by its number on this device; null = none. */
  readonly lastChat: number | null;
};

const KEY = "kith-look";
const DEFAULTS: Preferences = {
  theme: "system",
  accent: "violet",
  language: null,
  notifications: "unasked",
  recoveryOffered: false,
  lastChat: null,
};

let preferences = DEFAULTS;
const listeners = new Set<() => void>();

export const readPreferences = (): Preferences => preferences;

export function listenPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setPreferences(change: Partial<Preferences>): void {
  adopt({ ...preferences, ...change });
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Kept for this tab; nothing is lost but a look.
  }
}

/** Reads what is stored, now and whenever another tab changes it. */
export function openPreferences(): void {
  adopt(stored());
  addEventListener("storage", (event) => {
    if (event.key === KEY) adopt(stored());
  });
}

function adopt(next: Preferences): void {
  preferences = next;
  document.documentElement.dataset["theme"] = next.theme;
  document.documentElement.dataset["accent"] = next.accent;
  for (const listener of listeners) listener();
}

function stored(): Preferences {
  try {
    return parsePreferences(JSON.parse(localStorage.getItem(KEY) ?? "null"));
  } catch {
    return DEFAULTS;
  }
}

/** Takes anything: what is not understood becomes its default. */
export function parsePreferences(value: unknown): Preferences {
  if (typeof value !== "object" || value === null) return DEFAULTS;
  const { theme, accent, language, notifications, recoveryOffered, lastChat } = value as Readonly<
    Record<string, unknown>
  >;
  return {
    theme: THEMES.find((known) => known === theme) ?? DEFAULTS.theme,
    accent: ACCENTS.find((known) => known === accent) ?? DEFAULTS.accent,
    language: typeof language === "string" ? language : null,
    notifications: NOTIFICATIONS.find((known) => known === notifications) ?? DEFAULTS.notifications,
    recoveryOffered: recoveryOffered === true,
    lastChat: typeof lastChat === "number" && Number.isSafeInteger(lastChat) ? lastChat : null,
  };
}
