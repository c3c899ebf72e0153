/** Bounds of what is typed about a group. */

/** UTF-16 units: whatever they are, they fit the 2,048 bytes of a topic. */
export const TOPIC_CHARS_MAX = 500;
