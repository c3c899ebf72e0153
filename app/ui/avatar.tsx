/**
 * A sign for a person, round, or for a group, less so: a first letter, of a group two, on a colour that
 * follows from who it is.
 */
import { NotebookPen } from "lucide-react";
import { type CSSProperties, type ReactElement, useCallback, useMemo } from "react";

import { imageOf, usePicture } from "../session/use-picture.ts";

type Props = {
  /** Hex of the account; the colour is the same on every device. */
  readonly account: string;
  /** Empty for "Note to self". */
  readonly name: string;
  readonly online?: boolean;
  readonly isGroup?: boolean;
  /** Shown in place of letters: a blob's id (hex32), or what is no blob yet. */
  readonly picture?: string | Uint8Array | null;
};

/** Hues that differ from each other; lightness and chroma are the style's, so contrast holds. */
const HUES = [15, 45, 75, 130, 165, 200, 235, 265, 300, 335] as const;

/** Degrees. Ids are hashes, so their first bytes are spread evenly. */
export const hueOf = (account: string): number =>
  HUES[Number.parseInt(account.slice(0, 4), 16) % HUES.length] ?? HUES[0];

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstOf(word: string): string {
  const [first] = segmenter.segment(word);
  return first?.segment.toLocaleUpperCase() ?? "";
}

export function Avatar(props: Props): ReactElement {
  const { account, name, online = false, isGroup = false, picture = null } = props;
  const letters = (isGroup ? name.split(" ").slice(0, 2) : [name]).map(firstOf).join("");
  return (
    <span
      className="avatar"
      aria-hidden="true"
      data-self={name === ""}
      data-online={online}
      data-group={isGroup}
      style={{ "--hue": hueOf(account) } as CSSProperties}
    >
      {letters === "" ? <NotebookPen /> : letters}
      {typeof picture === "string" ? <Stored id={picture} /> : null}
      {picture instanceof Uint8Array ? <Drawn picture={picture} /> : null}
    </span>
  );
}

const Stored = ({ id }: { readonly id: string }): ReactElement | null => (
  <Picture image={usePicture(id)} />
);

function Drawn({ picture }: { readonly picture: Uint8Array }): ReactElement | null {
  return <Picture image={useMemo(() => imageOf(picture), [picture])} />;
}

/** Above the letters, once it is here. */
function Picture({ image }: { readonly image: Blob | null }): ReactElement | null {
  const show = useCallback(
    (element: HTMLImageElement | null) => {
      if (element === null || image === null) return undefined;
      const url = URL.createObjectURL(image);
      element.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [image],
  );
  return image === null ? null : <img ref={show} className="avatar-picture" alt="" />;
}
