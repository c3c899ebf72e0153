/**
 * A person's devices in the settings: what each is called, since when it is there, when it was last heard
 * of. [ADS1] Every device can be renamed, and every other one removed. [ADS2] Linking, where the history
 * lives, and the way out stand beside them. [ADS3] The focus stays here when a device is removed.
 */
import { type ReactElement, type RefObject, useRef, useState } from "react";
import { Link } from "wouter";

import type { OwnDevice } from "../../db/devices.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { agoText } from "../../text/times.ts";
import { useNow } from "../../ui/use-live.ts";
import { NameDialog } from "./name-dialog.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import { deviceTitle, useOwnDevices } from "./use-own-devices.ts";

type Props = {
  readonly onLink: () => void;
  readonly onSignOut: () => void;
  /** The page is opened by its link; what lies above it is to go. */
  readonly onHistory: () => void;
};

type Asked =
  | { readonly type: "rename"; readonly of: OwnDevice }
  | { readonly type: "remove"; readonly of: OwnDevice }
  | { readonly type: "callMe" };

/** Enough of an account's id to tell it from another of the same name. */
const ACCOUNT_SHOWN = 8;

export function DevicesSection({ onLink, onSignOut, onHistory }: Props): ReactElement {
  const { me } = useSession();
  const [asked, setAsked] = useState<Asked | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const own = useOwnDevices();
  const words = texts();
  const devices = own?.devices ?? [];
  const name = own?.me ?? me.name;
  return (
    <section>
      <h3 ref={heading} tabIndex={-1}>
        {words.linking.devices}
      </h3>
      <p className="hint">{words.linking.you(name, me.account.slice(0, ACCOUNT_SHOWN))}</p>
      <ul className="device-list" aria-label={words.devices.list}>
        {devices.map((it) => (
          <DeviceItem
            key={it.device}
            device={it}
            onRename={() => setAsked({ type: "rename", of: it })}
            onRemove={() => setAsked({ type: "remove", of: it })}
          />
        ))}
      </ul>
      <div className="button-row">
        <button type="button" className="quiet-button" onClick={onLink}>
          {words.linking.button}
        </button>
        <button type="button" className="quiet-button" onClick={() => setAsked({ type: "callMe" })}>
          {words.devices.callMe}
        </button>
        <Link href="/history" className="quiet-button" onClick={onHistory}>
          {words.devices.whereHeading}
        </Link>
        <button type="button" className="quiet-button" data-dangerous onClick={onSignOut}>
          {words.devices.signOut}
        </button>
      </div>
      {asked === null ? null : (
        <Ask
          asked={asked}
          me={name}
          devices={devices}
          heading={heading}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

type ItemProps = {
  readonly device: OwnDevice;
  readonly onRename: () => void;
  readonly onRemove: () => void;
};

function DeviceItem({ device, onRename, onRemove }: ItemProps): ReactElement {
  const words = texts().devices;
  const nowMs = useNow();
  const title = deviceTitle(device);
  const { isThis, addedAtMs, heardAtMs } = device;
  const seen = heardAtMs === 0 ? words.neverHeard : words.heard(agoText(heardAtMs, nowMs));
  const added = addedAtMs === 0 ? [] : [words.added(agoText(addedAtMs, nowMs))];
  return (
    <li className="device-item">
      <div className="device-facts">
        <bdi className="device-name">{title}</bdi>
        <span className="hint">{[isThis ? words.thisDevice : seen, ...added].join(" · ")}</span>
      </div>
      <div className="device-acts">
        <button
          type="button"
          className="link-button"
          aria-label={words.renameOf(title)}
          onClick={onRename}
        >
          {words.rename}
        </button>
        {isThis ? null : (
          <button
            type="button"
            className="link-button"
            data-dangerous
            aria-label={words.removeOf(title)}
            onClick={onRemove}
          >
            {words.remove}
          </button>
        )}
      </div>
    </li>
  );
}

type AskProps = {
  readonly asked: Asked;
  readonly me: string;
  readonly devices: readonly OwnDevice[];
  /** Has the focus when what had it is removed. */
  readonly heading: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
};

function Ask({ asked, me, devices, heading, onClose }: AskProps): ReactElement {
  const { device } = useSession();
  const words = texts().devices;
  if (asked.type === "remove") {
    return (
      <RemoveDialog
        removed={asked.of}
        devices={devices}
        onRemoved={() => heading.current?.focus()}
        onClose={onClose}
      />
    );
  }
  if (asked.type === "rename") {
    return (
      <NameDialog
        heading={words.renameHeading}
        label={words.nameOfDevice}
        name={asked.of.name}
        onName={(name) => device.call("devices", "rename", asked.of.device, name)}
        onClose={onClose}
      />
    );
  }
  return (
    <NameDialog
      heading={words.callMeHeading}
      label={words.myName}
      hint={words.callMeHint}
      name={me}
      onName={(name) => device.call("devices", "callMe", name)}
      onClose={onClose}
    />
  );
}
