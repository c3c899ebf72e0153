/**
 * The picture of a group, set by its admins. [AGQ1] It is set at once, and said; what cannot be one is
 * refused in words.
 */
import { ImagePlus, Trash2 } from "lucide-react";
import { type ReactElement, useRef, useState } from "react";

import { squarePictureOf } from "../../platform/square-picture.ts";
import { useSession } from "../../session/session.ts";
import { type MediaFailure, mediaFailureText } from "../../text/media-failure.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Avatar } from "../../ui/avatar.tsx";

type Props = {
  readonly c: number;
  /** What its colour follows. */
  readonly account: string;
  readonly title: string;
  readonly picture: string | null;
};

export function PictureField({ c, account, title, picture }: Props): ReactElement {
  const { device } = useSession();
  const announce = useAnnounce();
  const input = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<MediaFailure | null>(null);
  const words = texts().media.picture;

  const set = async (bytes: Uint8Array | null): Promise<void> => {
    const done = await device.call("media", "setPicture", c, bytes);
    if (!done.ok) return setFailure(done.error);
    announce(bytes === null ? words.removed : words.saved);
  };
  const choose = async (file: File | undefined): Promise<void> => {
    setFailure(null);
    if (file === undefined) return;
    const square = await squarePictureOf(file);
    if (square.ok) await set(square.value);
    else setFailure(square.error);
  };
  return (
    <fieldset className="picture-field">
      <legend>{words.heading}</legend>
      <Avatar account={account} name={title} isGroup picture={picture} />
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/webp"
        aria-label={words.choose}
        onChange={({ currentTarget }) => {
          void choose(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
      <button type="button" className="quiet-button" onClick={() => input.current?.click()}>
        <ImagePlus aria-hidden="true" />
        {words.choose}
      </button>
      {picture === null ? null : (
        <button
          type="button"
          className="quiet-button"
          onClick={() => {
            setFailure(null);
            void set(null);
          }}
        >
          <Trash2 aria-hidden="true" />
          {words.remove}
        </button>
      )}
      <p className="failure" role="alert">
        {failure === null ? "" : mediaFailureText(failure)}
      </p>
    </fieldset>
  );
}
