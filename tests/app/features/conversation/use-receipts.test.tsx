import "fake-indexeddb/auto";
import { act, screen, waitFor } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, test } from "vitest";

import { readReceipts } from "../../../../app/db/receipts.ts";
import { cursorsOf, logsOf, metaOf } from "../../../../app/db/tables.ts";
import { useReceipts } from "../../../../app/features/conversation/use-receipts.ts";
import { SettingsProvider } from "../../../../app/session/settings.tsx";
import { cursor, log, openRows } from "../../db/rows.ts";
import { show } from "../../screen.tsx";

test("[ARR1] who does not tell what they have read is not told what others have", async () => {
  const db = await openRows();
  const ours = log(1);
  const known = { floor: 4, ranges: [] };
  await logsOf(db).add(ours);
  const vector = [{ log: ours.log, known }];
  await cursorsOf(db).add(cursor({ delivered: vector, read: vector }));
  const first = await readReceipts(db, 1);
  function Told(): ReactElement {
    const [theirs] = useReceipts(1, first).cursors;
    return <p>{`${theirs?.delivered.length} delivered, ${theirs?.read.length} read`}</p>;
  }
  await show(
    <SettingsProvider>
      <Told />
    </SettingsProvider>,
    { db },
  );
  expect(screen.getByText("1 delivered, 1 read")).toBeTruthy();
  await act(async () => {
    await metaOf(db).put({ k: "settings", v: { receiptsSent: false } });
  });
  await waitFor(() => expect(screen.getByText("1 delivered, 0 read")).toBeTruthy());
});
