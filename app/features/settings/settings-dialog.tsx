/**
 * How the app looks, what it speaks, what contacts see of the person, their devices, and whether the
 * browser keeps its data. [ASG1] What is chosen lasts.
 */
import {
  type ReactElement,
  type ReactNode,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";

import { isPersisted, persist } from "../../platform/persistence.ts";
import {
  ACCENTS,
  listenPreferences,
  readPreferences,
  setPreferences,
  THEMES,
} from "../../platform/preferences.ts";
import { language, texts } from "../../text/speech.ts";
import { type Language, LANGUAGES } from "../../text/texts.ts";
import { Choice } from "../../ui/choice.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Privacy } from "./privacy.tsx";

const LANGUAGE_NAMES = Object.entries(LANGUAGES) as [Language, { readonly languageName: string }][];

type Props = {
  /** The person's devices. */
  readonly devices: ReactNode;
  /** The switch of the notifications. */
  readonly notifications: ReactNode;
  /** The person wants to see which keys do what. */
  readonly onKeys: () => void;
  readonly onClose: () => void;
};

export function SettingsDialog({ notifications, devices, onKeys, onClose }: Props): ReactElement {
  const { theme, accent } = useSyncExternalStore(listenPreferences, readPreferences);
  const words = texts().settings;
  return (
    <Dialog heading={words.heading} onClose={onClose}>
      <Choice
        legend={words.theme}
        values={THEMES}
        chosen={theme}
        nameOf={(value) => words.themes[value]}
        onChoose={(value) => setPreferences({ theme: value })}
      />
      <Choice
        legend={words.accent}
        values={ACCENTS}
        chosen={accent}
        swatch
        nameOf={(value) => words.accents[value]}
        onChoose={(value) => setPreferences({ accent: value })}
      />
      <Choice
        legend={words.language}
        values={LANGUAGE_NAMES.map(([code]) => code)}
        chosen={language()}
        nameOf={(value) => LANGUAGES[value].languageName}
        onChoose={(value) => setPreferences({ language: value })}
      />
      {notifications}
      <Privacy />
      {devices}
      <Storage />
      <section className="keys-section">
        <h3>{words.keys}</h3>
        <button type="button" className="quiet-button" onClick={onKeys}>
          {words.showKeys}
        </button>
      </section>
    </Dialog>
  );
}

function Storage(): ReactElement {
  const [kept, setKept] = useState<boolean | null>(null);
  const [refused, setRefused] = useState(false);
  const words = texts().settings;

  useEffect(() => {
    void isPersisted().then(setKept);
  }, []);
  const ask = async (): Promise<void> => {
    const granted = await persist();
    setKept(granted);
    setRefused(!granted);
  };
  return (
    <section>
      <h3>{words.storage}</h3>
      <p className="hint" role="status">
        {kept === null ? "" : kept ? words.persisted : words.notPersisted}{" "}
        {refused ? words.persistRefused : ""}
      </p>
      {kept === false && !refused ? (
        <button type="button" className="quiet-button" onClick={() => void ask()}>
          {words.persist}
        </button>
      ) : null}
    </section>
  );
}
