/** What keyboards differ in: input methods that compose, and what the modifier is called. */

/** What a legacy `keyCode` says of a key that an input method has taken. */
const TAKEN_BY_INPUT_METHOD = 229;

/**
 * The key belongs to an input method that composes a text. Safari says so by the old code alone when
 * the key ends the composition.
 */
export const isComposing = (event: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean =>
  event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD;

const isApple = (): boolean => /Mac|iP(?:hone|ad)/u.test(navigator.userAgent);

/** Control; Command where keyboards have one. */
export const isCommand = ({
  ctrlKey,
  metaKey,
  altKey,
}: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "altKey">): boolean =>
  !altKey && (isApple() ? metaKey && !ctrlKey : ctrlKey && !metaKey);

/** As they are printed on this machine's keyboard; null: by their names. */
export const printedKeys = (): { readonly command: string; readonly alt: string } | null =>
  isApple() ? { command: "⌘", alt: "⌥" } : null;
