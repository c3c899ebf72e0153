/** A message's text: line breaks, links that open elsewhere, and nothing else. Never HTML. */
import { memo, type ReactElement } from "react";

import { splitLinks } from "../../text/links.ts";

export const MessageText = memo(({ text }: { readonly text: string }): ReactElement => (
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
));
MessageText.displayName = "MessageText";
