/** A round sign for a person: their first letter on a colour that follows from who they are. */
import { NotebookPen } from "lucide-react";
import type { CSSProperties, ReactElement } from "react";

type Props = {
  /** Hex of the account; the colour is the same on every device. */
  readonly account: string;
  /** Empty for "Note to self". */
  readonly name: string;
  readonly online?: boolean;
};

/** Hues that differ from each other; lightness and chroma are the style's, so contrast holds. */
const HUES = [15, 45, 75, 130, 165, 200, 235, 265, 300, 335] as const;

/** Degrees. Ids are hashes, so their first bytes are spread evenly. */
export const hueOf = (account: string): number =>
  HUES[Number.parseInt(account.slice(0, 4), 16) % HUES.length] ?? HUES[0];

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function Avatar({ account, name, online = false }: Props): ReactElement {
  const [first] = segmenter.segment(name);
  return (
    <span
      className="avatar"
      aria-hidden="true"
      data-self={name === ""}
      data-online={online}
      style={{ "--hue": hueOf(account) } as CSSProperties}
    >
      {first === undefined ? <NotebookPen /> : first.segment.toLocaleUpperCase()}
    </span>
  );
}
