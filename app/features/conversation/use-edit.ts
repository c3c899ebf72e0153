/**
 * Changing a message of one's own: the text stands in the field, and is kept nowhere until it is said.
 * [AED1] That it cannot be emptied is said in words.
 */
import { useState } from "react";

import { useSession } from "../../session/session.ts";
import type { Failure } from "../../text/failure-text.ts";
import { texts } from "../../text/speech.ts";
import { useAnnounce } from "../../ui/announcer.tsx";
import type { Editing } from "./composer.tsx";
import { useMentionsIn } from "./use-mentions-in.ts";
import { charactersNear, type Sending, tooLong } from "./use-send.ts";

export function useEdit(c: number, { id, text: before }: Editing, onDone: () => void): Sending {
  const { device } = useSession();
  const mentionsIn = useMentionsIn(c);
  const announce = useAnnounce();
  const [text, setText] = useState(before);
  const [failure, setFailure] = useState<Failure | null>(null);
  const characters = charactersNear(text);

  const send = async (chosen: ReadonlyMap<string, string>): Promise<void> => {
    if (text.trim() === "") return setFailure({ type: "TextEmpty" });
    const refused = tooLong(characters);
    if (refused !== null) return setFailure(refused);
    const done = text.includes("@")
      ? await device.call("acts", "edit", c, id, text, { mentions: await mentionsIn(text, chosen) })
      : await device.call("acts", "edit", c, id, text);
    if (!done.ok) return setFailure(done.error);
    announce(texts().actions.editDone);
    onDone();
  };
  const write = (next: string): void => {
    setText(next);
    setFailure(null);
  };
  return { text, characters, failure, write, send };
}
