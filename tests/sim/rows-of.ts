/** Everything that a device has committed, as if it were committed now. */
import { openMemoryStore } from "../../sync/store/memory-store.ts";
import type { TableName } from "../../sync/store/rows.ts";
import { TABLES } from "../../sync/store/tables.ts";
import type { Change } from "./device-store.ts";
import type { Person } from "./person.ts";

export async function rowsOf(person: Person): Promise<readonly Change[]> {
  const names = Object.keys(TABLES) as TableName[];
  const changes: Change[] = [];
  await openMemoryStore(person.snapshot(), "rows").read(names, async (tx) => {
    for (const table of names) {
      for (const row of await tx.range(table, "primary", {})) {
        changes.push({ table, row, before: undefined } as Change);
      }
    }
  });
  return changes;
}
