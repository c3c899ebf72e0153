/** What a durable write cannot be faster than here. */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PAGE_BYTES = 4_096;

/** Milliseconds of writing a page to the end of a file and of its fsync, in the folder of profiles. */
export async function fsyncTimes(writes: number): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), "kith-bench-disk-"));
  const file = await open(join(folder, "log"), "a");
  const page = new Uint8Array(PAGE_BYTES).fill(1);
  const times: number[] = [];
  for (let i = 0; i < writes; i++) {
    const fromMs = performance.now();
    await file.write(page);
    await file.sync();
    times.push(performance.now() - fromMs);
  }
  await file.close();
  await rm(folder, { recursive: true });
  return times;
}
