/**
 * Older messages that came in while a chat is open: how many, and where the first of them stands.
 *
 * [ALA1] What came before the chat was opened is marked where it stands, and not counted. [ALA2] They
 * are counted until the person has gone there, or waved it away.
 */
import { useCallback, useEffect, useRef, useState } from "react";

import { arrivedAfter } from "../../db/arrivals.ts";
import type { Chat } from "../../db/chats.ts";
import type { Spot } from "../../db/looks.ts";
import { placeOf } from "../../db/timeline.ts";
import { lateAmong } from "../../db/troubles.ts";
import { useSession } from "../../session/session.ts";

export type Late = {
  readonly count: number;
  readonly first: Spot | null;
  readonly clear: () => void;
};

const NONE = { count: 0, first: null } as const;

export function useLateArrivals({ c, arrivals, lastH }: Chat): Late {
  const { db } = useSession();
  const counted = useRef<number | null>(null);
  const [late, setLate] = useState<Pick<Late, "count" | "first">>(NONE);

  useEffect(() => {
    const after = (counted.current ??= arrivals);
    if (arrivals <= after) return undefined;
    let isOver = false;
    const count = async (): Promise<void> => {
      const rows = lateAmong(await arrivedAfter(db, c, after), lastH);
      if (isOver) return;
      const [first] = rows.toSorted((x, y) => x.h - y.h || x.b - y.b || x.s - y.s);
      setLate(
        first === undefined
          ? NONE
          : { count: rows.length, first: { ...placeOf(first), id: first.id } },
      );
    };
    // What cannot be read is not counted; that the storage is gone is said elsewhere.
    void count().catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [db, c, arrivals, lastH]);

  const clear = useCallback(() => {
    counted.current = arrivals;
    setLate(NONE);
  }, [arrivals]);
  return { ...late, clear };
}
