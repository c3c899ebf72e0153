/** React's view of the database. */
import { useEffect, useState } from "react";

import { follow } from "../db/follow.ts";

/**
 * What `read` answers, kept up to date; another `read` is another query (`useCallback`), null
 * stands still. Until it has answered: what the one before it answered, at the beginning `first`. A
 * query that fails is thrown where it is used.
 */
export function useRows<Value>(
  read: (() => Promise<Value>) | null,
  first?: Value,
): Value | undefined {
  const [told, setTold] = useState<Told<Value>>(first === undefined ? null : { value: first });
  useEffect(
    () =>
      read === null
        ? undefined
        : follow(
            read,
            (value) => setTold({ value }),
            (error) => setTold({ error }),
          ),
    [read],
  );
  if (told === null) return undefined;
  if ("error" in told) throw told.error;
  return told.value;
}

type Told<Value> = { readonly value: Value } | { readonly error: unknown } | null;
