/**
 * A message's text: line breaks, links that open elsewhere, who is named, and nothing else. Never HTML.
 * [AZN1] Who is named is shown by the name that the person knows, whatever the author wrote there. [AZN2]
 * Being named oneself stands out, and is said.
 */
import { memo, type ReactElement } from "react";

import { toHex } from "../../../crypto/base/hex.ts";
import type { Mention } from "../../../sync/entry/message-body.ts";
import { type Span, spansOf } from "../../../sync/thread/mentions.ts";
import type { People } from "../../db/people.ts";
import { useSession } from "../../session/session.ts";
import { splitLinks } from "../../text/links.ts";
import { texts } from "../../text/speech.ts";

type Props = {
  readonly text: string;
  readonly mentions?: readonly Mention[];
  readonly people?: People;
};

const NONE: readonly Mention[] = [];
const NOBODY: People = new Map();

export const MessageText = memo(
  ({ text, mentions = NONE, people = NOBODY }: Props): ReactElement => {
    if (mentions.length === 0) return <Words text={text} />;
    return (
      <>
        {placedSpans(text, mentions).map(([key, span]) => {
          if (span.account === null) return <Words key={key} text={span.text} />;
          return (
            <Named key={key} account={toHex(span.account)} written={span.text} people={people} />
          );
        })}
      </>
    );
  },
);
MessageText.displayName = "MessageText";

/** With the place in the text at which each begins. */
function placedSpans(
  text: string,
  mentions: readonly Mention[],
): readonly (readonly [number, Span])[] {
  let at = 0;
  return spansOf(text, mentions).map((span) => {
    at += span.text.length;
    return [at - span.text.length, span];
  });
}

const Words = ({ text }: { readonly text: string }): ReactElement => (
  <>
    {splitLinks(text).map((part) =>
      part.type === "text" ? (
        part.text
      ) : (
        <a key={part.at} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
          {part.text}
          {part.realHost === null ? null : <bdi className="real-host"> ({part.realHost})</bdi>}
        </a>
      ),
    )}
  </>
);

type NamedProps = {
  readonly account: string;
  readonly written: string;
  readonly people: People;
};

function Named({ account, written, people }: NamedProps): ReactElement {
  const { me } = useSession();
  const isMe = account === me.account;
  const known = isMe ? me.name : people.get(account);
  return (
    <bdi className="mention" data-me={isMe}>
      {known === undefined ? written : `@${known}`}
      {isMe ? <span className="visually-hidden"> ({texts().chatMenu.mentionedYou})</span> : null}
    </bdi>
  );
}
