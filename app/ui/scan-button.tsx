/**
 * A button that turns the camera on, and reads the first code that it sees. Where there is no camera to ask
 * for there is no button. [ASB1] The code is handed over once, and the camera is off then; closing what the
 * button stands in turns it off as well. [ASB2] What keeps it from working is said.
 */
import { ScanLine } from "lucide-react";
import { type ReactElement, useEffect, useEffectEvent, useRef, useState } from "react";

import { type CameraError, hasCamera, watchCodes } from "../platform/camera.ts";
import { texts } from "../text/speech.ts";

type Props = { readonly onText: (text: string) => void };

export function ScanButton({ onText }: Props): ReactElement | null {
  const [isOn, setOn] = useState(false);
  const [failure, setFailure] = useState<CameraError | null>(null);
  const words = texts().scanning;
  if (!hasCamera()) return null;
  return (
    <div className="scan">
      {isOn ? (
        <Viewfinder
          onText={(text) => {
            setOn(false);
            onText(text);
          }}
          onFailed={(why) => {
            setOn(false);
            setFailure(why);
          }}
        />
      ) : null}
      <button
        type="button"
        className="quiet-button"
        onClick={() => {
          setFailure(null);
          setOn(!isOn);
        }}
      >
        <ScanLine aria-hidden="true" />
        {isOn ? words.stop : words.button}
      </button>
      <p className="failure" role="alert">
        {failure === null ? "" : failureOf(failure)}
      </p>
    </div>
  );
}

function failureOf({ type }: CameraError): string {
  const { refused, missing, failed } = texts().scanning.errors;
  if (type === "CameraRefused") return refused;
  return type === "CameraMissing" ? missing : failed;
}

type FinderProps = Props & { readonly onFailed: (why: CameraError) => void };

function Viewfinder({ onText, onFailed }: FinderProps): ReactElement {
  const video = useRef<HTMLVideoElement>(null);
  const words = texts().scanning;
  const read = useEffectEvent(onText);
  const failed = useEffectEvent(onFailed);

  useEffect(() => {
    if (video.current === null) return undefined;
    const watch = new AbortController();
    const found = (text: string): void => {
      watch.abort();
      read(text);
    };
    const open = async (screen: HTMLVideoElement): Promise<void> => {
      const opened = await watchCodes(screen, watch.signal, found);
      if (!opened.ok) failed(opened.error);
    };
    void open(video.current);
    return () => watch.abort();
  }, []);
  return (
    <>
      <video ref={video} className="viewfinder" aria-label={words.picture} muted playsInline />
      <p className="hint" role="status">
        {words.looking}
      </p>
    </>
  );
}
