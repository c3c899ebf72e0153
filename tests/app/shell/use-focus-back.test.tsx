import { cleanup, render } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, onTestFinished, test } from "vitest";

import { useFocusBack } from "../../../app/shell/use-focus-back.ts";

type Props = { readonly openC: number | null; readonly isList: boolean };

function List({ openC, isList }: Props): ReactElement {
  useFocusBack(openC, isList);
  return (
    <>
      {[1, 2, 3].map((c) => (
        <a key={c} className="chat-item" href={`/chat/${c}`}>
          {c}
        </a>
      ))}
      <button type="button">elsewhere</button>
      {isList ? null : <input key={openC} aria-label="inside" />}
    </>
  );
}

function shown(props: Props) {
  const view = render(<List {...props} />);
  onTestFinished(cleanup);
  return {
    go: (to: Props) => view.rerender(<List {...to} />),
    inside: () => view.getByLabelText("inside").focus(),
    elsewhere: () => view.getByRole("button").focus(),
    focused: () => document.activeElement?.textContent,
  };
}
const LIST: Props = { openC: null, isList: true };

test("[AFB1] who leaves a chat is where it stands in the list", () => {
  const { go, inside, focused } = shown({ openC: 2, isList: false });
  inside();
  go(LIST);
  expect(focused()).toBe("2");
});

test("[AFB1] who leaves a page is at the top of the list, and who only comes is nowhere", () => {
  const { go, inside, focused } = shown(LIST);
  expect(document.activeElement).toBe(document.body);
  go({ openC: null, isList: false });
  inside();
  go(LIST);
  expect(focused()).toBe("1");
});

test("[AFB1] a focus that is elsewhere stays there", () => {
  const { go, elsewhere, focused } = shown({ openC: 2, isList: false });
  elsewhere();
  go(LIST);
  expect(focused()).toBe("elsewhere");
});
