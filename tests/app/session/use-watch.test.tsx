import type { ReactElement } from "react";
import { expect, test } from "vitest";

import { useWatch } from "../../../app/session/use-watch.ts";
import { show, type Shown } from "../screen.tsx";

type Props = { readonly place: "details" | "list"; readonly accounts: readonly string[] };

function Watcher({ place, accounts }: Props): ReactElement {
  useWatch(place, accounts);
  return <p />;
}

const followed = ({ engine }: Shown): readonly string[] | undefined =>
  engine.heard
    .flatMap((it) => (it.type === "note" && it.note.type === "watch" ? [it.note.accounts] : []))
    .at(-1);

const both = (details: readonly string[]): ReactElement => (
  <>
    <Watcher place="list" accounts={["a", "b"]} />
    <Watcher place="details" accounts={details} />
  </>
);

test("[AWX1] [AWX2] what the details show is followed before the list, which goes on behind it", async () => {
  const shown = await show(both(["b", "c"]));
  expect(followed(shown)).toEqual(["b", "c", "a"]);
  shown.unmount();
  expect(followed(shown)).toEqual([]);
  expect(followed(await show(both([])))).toEqual(["a", "b"]);
});
