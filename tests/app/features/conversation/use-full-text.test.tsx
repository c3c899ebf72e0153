import "fake-indexeddb/auto";
import { fireEvent, screen, waitFor } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, test } from "vitest";

import { mediaOf } from "../../../../app/db/tables.ts";
import { useFullText } from "../../../../app/features/conversation/use-full-text.ts";
import { plainMessage } from "../../../../sync/entry/plain-message.ts";
import { UNTOUCHED } from "../../../../sync/thread/untouched.ts";
import { type MessageView, viewOf } from "../../../../sync/thread/view.ts";
import { openRows, THEM, US } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

const whole = {
  id: new Uint8Array(32).fill(1),
  key: new Uint8Array(32).fill(2),
  bytes: 9,
  relays: [],
};
const view = (body: Partial<MessageView>): MessageView | undefined =>
  viewOf({ ...plainMessage("begins"), ...body }, UNTOUCHED, US) ?? undefined;

function Copy({ of, to }: { of: MessageView | undefined; to: string[] }): ReactElement {
  const withText = useFullText();
  return (
    <button type="button" onClick={() => withText(of, (text) => to.push(text))}>
      Copy
    </button>
  );
}

async function copied(of: MessageView | undefined, content: Uint8Array | null): Promise<string[]> {
  const db = await openRows();
  await mediaOf(db).put({
    c: 1,
    a: 1,
    s: 2,
    id: "01".repeat(32),
    author: THEM,
    key: whole.key,
    bytes: 9,
    use: "text",
    state: content === null ? "wanted" : "here",
    content,
    waiting: 0,
    nextAtMs: 0,
    attempts: 0,
  });
  const to: string[] = [];
  await show(<Copy of={of} to={to} />, { db });
  fireEvent.click(screen.getByRole("button"));
  return to;
}

test("[AFT1] a short text is at hand, a long one is read", async () => {
  expect(await copied(view({}), null)).toEqual(["begins"]);
});

test("[AFT1] all of a long text is copied", async () => {
  const to = await copied(view({ whole }), new TextEncoder().encode("begins and ends"));
  await waitFor(() => expect(to).toEqual(["begins and ends"]));
});

test("[AFT1] what is not here is not taken for its beginning", async () => {
  const to = await copied(view({ whole }), null);
  await waitFor(() => expect(screen.getByText(/is not here yet/u)).toBeTruthy());
  expect(to).toEqual([]);
});
