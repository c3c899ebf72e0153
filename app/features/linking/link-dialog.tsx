/**
 * "Link a device": a code as QR and link, a field for the other device's, then seven pictures to
 * compare. The same dialog on both devices; what it shows is what the engine says.
 *
 * [ALD1] It opens with a code, or uses the link that it was opened with. [ALD2] The pictures have
 * names, and only the device of the account agrees to them. [ALD3] Closing it ends the link, unless
 * the person has agreed. [ALD4] What fails is said, with a way to begin again. [ALD5] When the other device says
 * nothing for long, it is said what may have become of it: one that was closed or reloaded cannot tell. [ALD6] A link
 * that leads nowhere is named where it was pasted, and the code beside it goes on.
 */
import {
  type ReactElement,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
} from "react";

import { unreachable } from "../../../crypto/base/assert.ts";
import type { LinkProgress } from "../../../sync/link/progress.ts";
import type { RemoteDevice } from "../../engine/remote-device.ts";
import { deviceName } from "../../platform/device-name.ts";
import { texts } from "../../text/speech.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Finished } from "../../ui/finished.tsx";
import { useLate } from "../../ui/use-live.ts";
import { ComparePictures } from "./compare-pictures.tsx";
import { type LinkFailure, linkFailureText } from "./link-failure-text.ts";
import { ShownCode } from "./shown-code.tsx";

type Props = {
  readonly device: RemoteDevice;
  /** The other device's link, when that was opened; null: show one. */
  readonly link: string | null;
  /** This device has an account now. */
  readonly onJoined?: () => void;
  readonly onClose: () => void;
};

/** What we asked for; what came of it tells the engine. */
type Asked =
  | { readonly type: "asking" }
  /** `wrong`: with the link that was pasted meanwhile. */
  | { readonly type: "begun"; readonly wrong: LinkFailure | null }
  | { readonly type: "refused"; readonly why: LinkFailure };

const BEGUN: Asked = { type: "begun", wrong: null };

export function LinkDialog({ device, link, onJoined, onClose }: Props): ReactElement {
  const [asked, setAsked] = useState<Asked>({ type: "asking" });
  const progress = useSyncExternalStore(device.listen, () => device.status()?.linking ?? null);

  const begin = async (from: string | null): Promise<void> => {
    setAsked({ type: "asking" });
    const name = deviceName();
    const answer = await (from === null
      ? device.call("linking", "show", name)
      : device.call("linking", "use", from, name));
    setAsked(answer.ok ? BEGUN : { type: "refused", why: answer.error });
  };
  const use = async (pasted: string): Promise<void> => {
    setAsked(BEGUN);
    const answer = await device.call("linking", "use", pasted, deviceName());
    if (!answer.ok) setAsked({ type: "begun", wrong: answer.error });
  };
  useEffect(() => {
    void begin(link);
    return () => {
      if (device.status()?.linking?.type !== "granting") void device.call("linking", "cancel");
    };
    // oxlint-disable-next-line react/exhaustive-deps -- once for each link that the dialog is opened with
  }, [device, link]);
  const hasJoined =
    asked.type === "begun" && progress?.type === "linked" && progress.role === "new";
  const joined = useEffectEvent(() => onJoined?.());
  useEffect(() => {
    if (hasJoined) joined();
  }, [hasJoined]);

  return (
    <Dialog heading={texts().linking.heading} onClose={onClose}>
      <Step
        asked={asked}
        progress={progress}
        onUse={(pasted) => void use(pasted)}
        onAgain={() => void begin(null)}
        onMatch={() => void device.call("linking", "confirm")}
        onClose={onClose}
      />
    </Dialog>
  );
}

type StepProps = {
  readonly asked: Asked;
  readonly progress: LinkProgress | null;
  readonly onUse: (link: string) => void;
  readonly onAgain: () => void;
  readonly onMatch: () => void;
  readonly onClose: () => void;
};

function Step({ asked, progress, onUse, onAgain, onMatch, onClose }: StepProps): ReactElement {
  const words = texts().linking;
  if (asked.type === "refused")
    return <Failed onAgain={onAgain}>{linkFailureText(asked.why)}</Failed>;
  if (asked.type === "asking") return <Wait>{words.making}</Wait>;
  if (progress === null) return <Failed onAgain={onAgain}>{words.errors.ended}</Failed>;
  switch (progress.type) {
    case "shown":
      return (
        <ShownCode
          role={progress.role}
          link={progress.link}
          failure={asked.wrong === null ? "" : linkFailureText(asked.wrong)}
          onUse={onUse}
        />
      );
    case "meeting":
      return <Wait>{words.meeting}</Wait>;
    case "compare":
      return (
        <>
          <ComparePictures compared={progress} onMatch={onMatch} onCancel={onClose} />
          {progress.role === "new" ? <Silence onAgain={onAgain} /> : null}
        </>
      );
    case "granting":
      return (
        <>
          <Wait>{words.granting}</Wait>
          <Silence onAgain={onAgain} />
        </>
      );
    case "failed":
      return <Failed onAgain={onAgain}>{linkFailureText(progress.why)}</Failed>;
    case "linked":
      return (
        <Finished onClose={onClose}>
          {progress.role === "member" ? words.linkedMember : words.linkedNew}
        </Finished>
      );
    default:
      return unreachable(progress);
  }
}

const Wait = ({ children }: { readonly children: string }): ReactElement => (
  <p className="hint" role="status">
    {children}
  </p>
);

/** So long a person takes to compare seven pictures, and a busy relay to hand over an account. */
const SILENCE_MS = 20_000;

function Silence({ onAgain }: { readonly onAgain: () => void }): ReactElement {
  const isLong = useLate(true, SILENCE_MS);
  return (
    <>
      <p className="hint" role="status">
        {isLong ? texts().linking.silence : ""}
      </p>
      {isLong ? (
        <button type="button" className="quiet-button" onClick={onAgain}>
          {texts().linking.beginAgain}
        </button>
      ) : null}
    </>
  );
}

type FailedProps = { readonly children: string; readonly onAgain: () => void };

const Failed = ({ children, onAgain }: FailedProps): ReactElement => (
  <>
    <p className="failure" role="alert">
      {children}
    </p>
    <button type="button" className="primary-button" onClick={onAgain}>
      {texts().tryAgain}
    </button>
  </>
);
