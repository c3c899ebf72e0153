/**
 * "Where my history lives": our devices and what each holds, the people of each chat and what they hold,
 * and what to do where this device is the only copy. [AHP1] Its heading has the focus when it opens.
 */
import { useLiveQuery } from "dexie-react-hooks";
import { ArrowLeft } from "lucide-react";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { Link } from "wouter";

import { type ChatCopy, type Copies, type DeviceCopy, readCopies } from "../../db/history.ts";
import { isPersisted } from "../../platform/persistence.ts";
import { useSession } from "../../session/session.ts";
import { texts } from "../../text/speech.ts";
import { agoText, fullTime } from "../../text/times.ts";
import { useFirstFocus } from "../../ui/use-first-focus.ts";
import { useNow } from "../../ui/use-live.ts";
import { RelayLosses } from "./relay-losses.tsx";
import { deviceTitle } from "./use-own-devices.ts";

type Props = {
  /** Something lies above the page that may have buttons of the same names. */
  readonly isCovered: boolean;
  readonly onLink: () => void;
  /** The way to a backup. */
  readonly backup: ReactNode;
};

export function HistoryPage({ isCovered, onLink, backup }: Props): ReactElement {
  const { db } = useSession();
  const heading = useFirstFocus<HTMLHeadingElement>();
  const copies = useLiveQuery(() => readCopies(db), [db]) ?? null;
  const words = texts().devices;
  return (
    <main className="pane history-page">
      <header className="pane-header">
        <Link href="/" className="icon-button back-button" aria-label={texts().back}>
          <ArrowLeft aria-hidden="true" />
        </Link>
        <div className="pane-title">
          <h1 ref={heading} tabIndex={-1}>
            {words.whereHeading}
          </h1>
        </div>
      </header>
      <div className="history-body">
        <p>{words.whereBody}</p>
        {copies === null || copies.onlyHere === 0 ? null : (
          <OnlyHere copies={copies} isCovered={isCovered} onLink={onLink} backup={backup} />
        )}
        {copies === null ? null : <Where copies={copies} />}
        <RelayLosses />
      </div>
    </main>
  );
}

type OnlyProps = Props & { readonly copies: Copies };

function OnlyHere({ copies, isCovered, onLink, backup }: OnlyProps): ReactElement {
  const words = texts();
  const { onlyCopyHeading, onlyCopyBody, partCopyHeading, partCopyBody } = words.devices;
  const isAll = copies.onlyHere === copies.all;
  return (
    <section className="only-copy" aria-labelledby="only-copy" aria-hidden={isCovered}>
      <h2 id="only-copy">{isAll ? onlyCopyHeading : partCopyHeading(copies.onlyHere)}</h2>
      <p>{isAll ? onlyCopyBody : partCopyBody}</p>
      <div className="button-row">
        {isAll ? (
          <button type="button" className="primary-button" onClick={onLink}>
            {words.linking.button}
          </button>
        ) : null}
        {backup}
      </div>
    </section>
  );
}

function Where({ copies }: { readonly copies: Copies }): ReactElement {
  const { devices, chats, backedUpAtMs } = copies;
  const words = texts().devices;
  const kept = useKept();
  const backup = backedUpAtMs === 0 ? words.backupNever : words.backupAt(fullTime(backedUpAtMs));
  return (
    <>
      <section aria-labelledby="copies-devices">
        <h2 id="copies-devices">{words.myDevices}</h2>
        <ul className="copies">
          {devices.map((it) => (
            <DeviceLine key={it.device} copy={it} />
          ))}
        </ul>
        <p className="hint">{backup}</p>
        <p className="hint">{kept === null ? "" : kept ? words.kept : words.notKept}</p>
      </section>
      <section aria-labelledby="copies-chats">
        <h2 id="copies-chats">{words.perChat}</h2>
        <ul className="copies">
          {chats.map((it) => (
            <ChatLine key={it.c} chat={it} />
          ))}
        </ul>
      </section>
    </>
  );
}

function useKept(): boolean | null {
  const [kept, setKept] = useState<boolean | null>(null);
  useEffect(() => {
    void isPersisted().then(setKept);
  }, []);
  return kept;
}

function DeviceLine({ copy }: { readonly copy: DeviceCopy }): ReactElement {
  const nowMs = useNow();
  const words = texts().devices;
  const { isThis, held, all, heardAtMs } = copy;
  const seen = heardAtMs === 0 ? words.neverHeard : words.heard(agoText(heardAtMs, nowMs));
  return (
    <li className="copy">
      <bdi>{deviceTitle(copy)}</bdi>
      <span className="hint">{isThis ? words.thisDevice : seen}</span>
      <span className="copy-share">{isThis ? words.entries(all) : shareText(held, all)}</span>
    </li>
  );
}

function shareText(held: number, all: number): string {
  const words = texts().devices;
  if (held >= all) return words.complete;
  return held === 0 ? words.nothingYet : words.behind(all - held);
}

/** More are told by their number. */
const PEOPLE_SHOWN_MAX = 20;

function ChatLine({ chat }: { readonly chat: ChatCopy }): ReactElement {
  const words = texts();
  const { kind, name, all, people } = chat;
  const title = kind === "self" ? words.chats.selfName : name;
  return (
    <li className="copy">
      <bdi>{title}</bdi>
      <span className="hint">{words.devices.entries(all)}</span>
      {people.length === 0 ? (
        kind === "self" ? null : (
          <span className="copy-share">{words.devices.nobodyElse}</span>
        )
      ) : (
        <ul className="copy-people">
          {people.slice(0, PEOPLE_SHOWN_MAX).map((it) => (
            <li key={it.account}>
              <bdi>{it.name}</bdi>:{" "}
              {it.held >= it.all ? words.devices.holdsAll : words.devices.share(it.held, it.all)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
