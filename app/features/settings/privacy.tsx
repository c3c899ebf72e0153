/**
 * What others learn of the person, alike on all their devices. [APV1] A switch shows what is being asked
 * for at once, and what holds as soon as that is known; what could not be done says why.
 */
import { type ReactElement, useId, useState } from "react";

import type { Settings } from "../../../sync/rooms/settings.ts";
import type { RoomFailure } from "../../rooms/tab-room.ts";
import { useSession } from "../../session/session.ts";
import { useSettings } from "../../session/settings.tsx";
import { failureText } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";

type Key = keyof Settings;

export function Privacy(): ReactElement {
  const { device } = useSession();
  const settings = useSettings();
  const [asked, setAsked] = useState<Partial<Settings>>({});
  const [failure, setFailure] = useState<RoomFailure | null>(null);
  const { settings: words, chatMenu } = texts();

  const change = async (key: Key, value: boolean): Promise<void> => {
    setAsked((before) => ({ ...before, [key]: value }));
    setFailure(null);
    const failed = await changed(key, value);
    if (failed === null) return;
    setAsked((before) =>
      Object.fromEntries(Object.entries(before).filter(([name]) => name !== key)),
    );
    setFailure(failed);
  };
  const changed = async (key: Key, value: boolean): Promise<RoomFailure | null> => {
    try {
      const { changeSetting } = await import("../../rooms/change-setting.ts");
      const done = await changeSetting(device, key, value);
      return done.ok ? null : done.error;
    } catch {
      return { type: "RoomsUnavailable" };
    }
  };
  const now = { ...settings, ...asked };
  return (
    <section>
      <h3>{words.privacy}</h3>
      <Switch
        name={words.presence}
        hint={words.presenceHint}
        isOn={now.presenceShown}
        onChange={(on) => void change("presenceShown", on)}
      />
      <Switch
        name={chatMenu.receipts}
        hint={chatMenu.receiptsHint}
        isOn={now.receiptsSent}
        onChange={(on) => void change("receiptsSent", on)}
      />
      <p className="failure" role="alert">
        {failure === null ? "" : failureText(failure)}
      </p>
    </section>
  );
}

type SwitchProps = {
  readonly name: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly onChange: (on: boolean) => void;
};

function Switch({ name, hint, isOn, onChange }: SwitchProps): ReactElement {
  const hintId = useId();
  return (
    <>
      <label className="switch">
        <input
          type="checkbox"
          checked={isOn}
          aria-describedby={hintId}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{name}</span>
      </label>
      <p id={hintId} className="hint">
        {hint}
      </p>
    </>
  );
}
