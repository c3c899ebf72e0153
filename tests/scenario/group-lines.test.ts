/** What the rows of a group hold for screens, which read no bytes. */
import { expect, test } from "vitest";

import { KINDS } from "../../sync/entry/kinds.ts";
import { groupOf, makeGroup, tell, timeline } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { SECOND_MS, world } from "./world.ts";

const preview = async (person: Person) => {
  const c = await groupOf(person);
  return (await person.rows("channels")).find((it) => it.c === c)?.preview;
};

test("[GP17] rows tell what was said of the group, and whose its newest line is", async () => {
  const w = await world(["alice", "bob"]);
  const { alice, bob } = w;
  await w.befriend(alice, bob);
  await makeGroup(alice, [bob]);
  const described = await alice.device.groups.describe(await groupOf(alice), {
    title: "Ropes",
    history: "week",
  });
  expect(described).toMatchObject({ ok: true });
  await w.pass(20 * SECOND_MS);
  for (const it of w.everybody) {
    const meta = (await timeline(it)).find(({ kind }) => kind === KINDS.meta.number);
    expect(meta?.meta).toEqual({
      title: "Ropes",
      topic: null,
      picture: null,
      history: "week",
      timer: null,
    });
    expect(await preview(it)).toMatchObject({ text: "", at: [meta?.a, meta?.s] });
  }
  await tell(alice, "on Thursday?");
  await w.atRest();
  const newest = (await timeline(bob)).at(-1);
  expect(await preview(bob)).toMatchObject({
    text: "on Thursday?",
    own: false,
    at: [newest?.a, newest?.s],
  });
});
