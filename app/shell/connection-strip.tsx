/**
 * One line above everything, only when something is wrong or must be waited for.
 *
 * [AST1] Connected and well: nothing. [AST2] What costs messages comes before what costs time.
 * [AST3] A connection that is made within CONNECTING_SHOWN_MS is not talked about. [AST4] It counts
 * what waits.
 */
import { useLiveQuery } from "dexie-react-hooks";
import type { ReactElement } from "react";

import { unreachable } from "../../crypto/base/assert.ts";
import type { Connection, Status } from "../../sync/device.ts";
import { waitingMessages } from "../db/waiting.ts";
import type { EngineState } from "../engine/remote-device.ts";
import { useEngineState, useSession, useStatus } from "../session/session.ts";
import { texts } from "../text/speech.ts";
import { useLate } from "../ui/use-live.ts";

const CONNECTING_SHOWN_MS = 3_000;

export type Notice =
  | { readonly type: "retired" }
  | { readonly type: "engineSlow" }
  | { readonly type: "storageFull" }
  | { readonly type: "storageFailed" }
  | { readonly type: "offline" }
  | { readonly type: "refused" }
  | { readonly type: "notAdmitted" }
  | { readonly type: "connecting" }
  | { readonly type: "updating"; readonly count: number }
  | { readonly type: "relayRenewed" }
  | { readonly type: "clockOff" };

/** `late`: what is being waited for takes longer than CONNECTING_SHOWN_MS. */
export function noticeOf(engine: EngineState, status: Status | null, late: boolean): Notice | null {
  if (engine.type === "retired") return { type: "retired" };
  if (engine.type === "notOpened") return { type: "storageFailed" };
  if (engine.type === "starting" || status === null) return late ? { type: "engineSlow" } : null;
  if (status.storage === "full") return { type: "storageFull" };
  if (status.storage === "failed") return { type: "storageFailed" };
  return connectionNotice(status.connection, late) ?? warningOf(status);
}

function connectionNotice(connection: Connection, late: boolean): Notice | null {
  switch (connection.type) {
    case "connected":
      return null;
    case "updating":
      return { type: "updating", count: connection.count };
    case "connecting":
      return late ? { type: "connecting" } : null;
    case "offline":
      return { type: connection.why === "unreachable" ? "offline" : connection.why };
    default:
      return unreachable(connection);
  }
}

function warningOf({ relayRenewed, clockOffWarning }: Status): Notice | null {
  if (relayRenewed) return { type: "relayRenewed" };
  return clockOffWarning ? { type: "clockOff" } : null;
}

export function ConnectionStrip(): ReactElement | null {
  const { db } = useSession();
  const engine = useEngineState();
  const status = useStatus<Status | null>((now) => now, null);
  const pending =
    engine.type === "starting" || status === null || status.connection.type === "connecting";
  const late = useLate(pending, CONNECTING_SHOWN_MS);
  const notice = noticeOf(engine, status, late);
  const isOffline = notice?.type === "offline";
  // Counted only where it is told: every message that comes or goes would count anew.
  const waiting = useLiveQuery(
    async () => (isOffline ? await waitingMessages(db) : 0),
    [db, isOffline],
  );
  return (
    <div className="strip" role="status" data-notice={notice?.type}>
      {notice === null ? null : <span>{sentenceOf(notice, waiting ?? 0)}</span>}
      {notice?.type === "retired" || notice?.type === "storageFailed" ? (
        <button type="button" className="strip-button" onClick={() => location.reload()}>
          {texts().strip.reload}
        </button>
      ) : null}
    </div>
  );
}

function sentenceOf(notice: Notice, waiting: number): string {
  const words = texts().strip;
  switch (notice.type) {
    case "updating":
      return words.updating(notice.count);
    case "offline":
      return waiting === 0 ? words.offline : words.offlineWaiting(waiting);
    case "retired":
    case "engineSlow":
    case "storageFull":
    case "storageFailed":
    case "refused":
    case "notAdmitted":
    case "connecting":
    case "relayRenewed":
    case "clockOff":
      return words[notice.type];
    default:
      return unreachable(notice);
  }
}
