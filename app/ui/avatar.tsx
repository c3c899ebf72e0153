/**
 * A sign for a person, round, or for a group, less so: a first letter, of a group two, on a colour that
 * follows from who it is.
 */
import { NotebookPen } from "lucide-react";
import type { CSSProperties, ReactElement } from "react";

type Props = {
  /** Hex of the account; the colour is the same on every device. */
  readonly account: string;
  /** Empty for "Note to self". */
  readonly name: string;
  readonly online?: boolean;
  readonly isGroup?: boolean;
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

export function Avatar({ account, name, online = false, isGroup = false }: Props): ReactElement {
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
    </span>
  );
}
