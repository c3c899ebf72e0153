/**
 * The composers that are on the screen, for whoever shares what is typed in them with the person's other
 * devices (drafts-room.ts, which is loaded when there are any).
 */
export type DraftField = {
  /** Undefined: what stands in it is not the draft now: nothing was read yet, or it is being sent. */
  readonly read: () => string | undefined;
  /** False: not now, an input method is composing. What is typed next is said again. */
  readonly adopt: (text: string) => boolean;
};

const fields = new Map<number, DraftField>();
let share: (c: number) => void = () => undefined;

export const fieldOf = (c: number): DraftField | undefined => fields.get(c);

/** The composer of a chat. Until the answer is called. */
export function enterField(c: number, field: DraftField): () => void {
  fields.set(c, field);
  share(c);
  return () => {
    if (fields.get(c) === field) fields.delete(c);
  };
}

/** The draft of this chat is on disk, and another than before. */
export const draftChanged = (c: number): void => share(c);

/** Until the answer is called. */
export function shareDrafts(by: (c: number) => void): () => void {
  share = by;
  return () => {
    if (share === by) share = () => undefined;
  };
}
