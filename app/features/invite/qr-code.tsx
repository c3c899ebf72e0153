/**
 * A QR code as one path, dark on light in both themes, because that is what cameras read. [AQR1]
 * The path paints the dark modules and no others. [AQR2] What is read is what was given.
 */
import { encodeQR } from "qr";
import { type ReactElement, useMemo } from "react";

type Props = { readonly text: string; readonly label: string };

/** Modules of quiet around the code (ISO/IEC 18004 asks for four). */
const QUIET = 4;

export function QrCode({ text, label }: Props): ReactElement {
  const { path, size } = useMemo(() => drawingOf(encodeQR(text, "raw", { border: QUIET })), [text]);
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#16131f" />
    </svg>
  );
}

/** Runs of dark modules in a row become one stroke each: far fewer than one a module. */
export function drawingOf(modules: readonly (readonly boolean[])[]): {
  readonly path: string;
  readonly size: number;
} {
  let path = "";
  modules.forEach((row, y) => {
    let from = 0;
    while (from < row.length) {
      let to = from;
      while (row[to] === true) to += 1;
      if (to > from) path += `M${from} ${y}h${to - from}v1h${from - to}z`;
      from = to + 1;
    }
  });
  return { path, size: modules.length };
}
