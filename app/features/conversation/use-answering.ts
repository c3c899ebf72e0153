/**
 * What is being answered in a chat. [AAN1] It waits there while the person looks into other chats, as the draft does,
 * and goes with a reload.
 */
import { useCallback, useState } from "react";

import type { RemoteDevice } from "../../engine/remote-device.ts";
import { useSession } from "../../session/session.ts";
import type { Answering } from "./composer.tsx";

/** Chats in which an answer waits; the one that was begun first is forgotten. */
const ANSWERS_MAX = 100;

const answersOf = new WeakMap<RemoteDevice, Map<number, Answering>>();

export function useAnswering(
  c: number,
): readonly [answering: Answering | null, set: (next: Answering | null) => void] {
  const { device } = useSession();
  const [answering, setAnswering] = useState(() => answersOf.get(device)?.get(c) ?? null);
  const set = useCallback(
    (next: Answering | null) => {
      keep(device, c, next);
      setAnswering(next);
    },
    [device, c],
  );
  return [answering, set];
}

function keep(device: RemoteDevice, c: number, next: Answering | null): void {
  const answers = answersOf.get(device) ?? new Map<number, Answering>();
  answersOf.set(device, answers);
  answers.delete(c);
  if (next === null) return;
  answers.set(c, next);
  for (const oldest of [...answers.keys()].slice(0, -ANSWERS_MAX)) answers.delete(oldest);
}
