/** What every screen of a person who has started may use: the rows, the device, and who they are. */
import { createContext, use, useSyncExternalStore } from "react";

import { assert } from "../../crypto/base/assert.ts";
import type { Status } from "../../sync/device.ts";
import type { Me } from "../db/me.ts";
import type { Db } from "../db/tables.ts";
import type { EngineState, RemoteDevice } from "../engine/remote-device.ts";

export type Session = { readonly db: Db; readonly device: RemoteDevice; readonly me: Me };

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  assert(session !== null, "screens stand inside a session");
  return session;
}

/** `select` must answer a primitive, or the same object for the same status. */
export function useStatus<Value>(select: (status: Status) => Value, before: Value): Value {
  const { device } = useSession();
  return useSyncExternalStore(device.listen, () => {
    const status = device.status();
    return status === null ? before : select(status);
  });
}

export function useEngineState(): EngineState {
  const { device } = useSession();
  return useSyncExternalStore(device.listen, device.state);
}
