/**
 * The picture of a group, set by its admins. [AGQ1] What cannot be one is refused in words.
 */
import { ImagePlus, Trash2 } from "lucide-react";
import { type ReactElement, useRef, useState } from "react";

import type { Result } from "../../../crypto/base/result.ts";
import { squarePictureOf } from "../../platform/square-picture.ts";
import { type MediaFailure, mediaFailureText } from "../../text/media-failure.ts";
import { texts } from "../../text/speech.ts";
import { Avatar } from "../../ui/avatar.tsx";

type Props = {
  /** What its colour follows; empty while there is no group: then nothing but a picture is shown. */
  readonly account: string;
  readonly title: string;
  /** A blob's id (hex32), or what is no blob yet. */
  readonly picture: string | Uint8Array | null;
  /** Null takes it away. */
  readonly onSet: (picture: Uint8Array | null) => Promise<Result<void, MediaFailure>>;
};

export function PictureField({ account, title, picture, onSet }: Props): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<MediaFailure | null>(null);
  const words = texts().media.picture;

  const set = async (bytes: Uint8Array | null): Promise<void> => {
    const done = await onSet(bytes);
    if (!done.ok) setFailure(done.error);
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
      {account === "" && picture === null ? null : (
        <Avatar account={account} name={title} isGroup picture={picture} />
      )}
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
      {failure === null ? null : (
        <p className="failure" role="alert">
          {mediaFailureText(failure)}
        </p>
      )}
    </fieldset>
  );
}
