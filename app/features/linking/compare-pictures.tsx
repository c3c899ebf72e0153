/** Seven pictures with their names, and on the device of the account the question whether they match. */
import type { ReactElement } from "react";

import { emojiOf } from "../../../crypto/verify/emoji.ts";
import type { LinkProgress } from "../../../sync/link/progress.ts";
import { texts } from "../../text/speech.ts";
import { useFirstFocus } from "../../ui/use-first-focus.ts";

type Props = {
  readonly compared: Extract<LinkProgress, { readonly type: "compare" }>;
  readonly onMatch: () => void;
  readonly onCancel: () => void;
};

export function ComparePictures({ compared, onMatch, onCancel }: Props): ReactElement {
  // What had the focus is gone; the question is read first.
  const heading = useFirstFocus<HTMLHeadingElement>();
  const words = texts().linking;
  const { role, sas, name } = compared;
  const isMember = role === "member";

  return (
    <>
      <h3 ref={heading} className="compare-heading" tabIndex={-1}>
        {words.compareHeading}
      </h3>
      <ol className="pictures" aria-label={words.pictures}>
        {emojiOf(sas).map((picture, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- the same picture may come twice
          <li key={i}>
            <span aria-hidden="true">{picture.emoji}</span>
            {words.pictureName(picture.name)}
          </li>
        ))}
      </ol>
      <p>{isMember ? words.compareMember(name) : words.compareNew(name)}</p>
      <div className="button-row">
        {isMember ? (
          <button type="button" className="primary-button" onClick={onMatch}>
            {words.match}
          </button>
        ) : null}
        <button type="button" className="quiet-button" onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
    </>
  );
}
