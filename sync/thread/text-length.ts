/** How long a text is: the one measure at the composer, at the sender and at the receiver. [MO26]. */

/** Unicode code points: what people call characters, nearly. */
export const TEXT_CODE_POINTS_MAX = 100_000;

/** Code points. A lone surrogate counts as one. */
export function countCharacters(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    // The second half of a pair was counted with the first.
    const isSecond = unit >= 0xdc00 && unit <= 0xdfff && i > 0 && isFirstHalf(text, i - 1);
    if (!isSecond) count += 1;
  }
  return count;
}

const isFirstHalf = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit <= 0xdbff;
};
