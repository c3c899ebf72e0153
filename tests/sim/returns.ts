/** How people come back whose device lost everything: nobody gives up, and whoever dies in it begins again. */
import { ok, type Result } from "../../crypto/base/result.ts";
import type { BackupCursor } from "../../sync/backup/export.ts";
import { type Frame, framesOf } from "../../sync/backup/format.ts";
import type { Device } from "../../sync/device.ts";
import type { Person } from "./person.ts";
import type { Return } from "./plan.ts";
import { link } from "./wishes.ts";
import type { World } from "./world.ts";

/** A person who was told "not now" tries again. */
const TRY_AGAIN_MS = 2_000;

type Left = {
  readonly by: Return;
  /** What the words stand for. */
  readonly secret: Uint8Array;
  /** What stands in the backup file. */
  readonly file: readonly Frame[] | null;
};

export async function comeBack(
  world: World,
  who: Person,
  { by, secret, file }: Left,
): Promise<void> {
  const sibling = world.people.find((it) => it !== who && it.owner === who.owner);
  if (by === "link" && sibling !== undefined) await link(world, sibling, who);
  else if (file !== null) await takeIn(world, who, file);
  else await restore(world, who, secret);
  world.happened(`a person comes back by ${by}`);
}

/** The relay was not wiped, so the capsule is there. */
async function restore(world: World, who: Person, secret: Uint8Array): Promise<void> {
  for (;;) {
    const done = await who.use(({ recovery }) => recovery.restore(secret, null));
    if (done?.ok === true || done?.error.type === "AlreadyStarted") return;
    await world.sleep(TRY_AGAIN_MS);
  }
}

/** The whole file, however often the device dies while it is written. */
export async function backUp(world: World, who: Person): Promise<readonly Frame[]> {
  for (;;) {
    const file = await who.use((device) => fileOf(device));
    if (file?.ok === true) return file.value;
    await world.sleep(TRY_AGAIN_MS);
  }
}

async function fileOf({ backup }: Device): Promise<Result<readonly Frame[], unknown>> {
  const pieces: Uint8Array[] = [];
  let from: BackupCursor | null = null;
  do {
    const piece: Awaited<ReturnType<typeof backup.read>> = await backup.read(from, true);
    if (!piece.ok) return piece;
    pieces.push(piece.value.bytes);
    from = piece.value.next;
  } while (from !== null);
  const frames: Frame[] = [];
  for await (const frame of framesOf(contentOf(pieces))) {
    if (!frame.ok) return frame;
    frames.push(frame.value);
  }
  return ok(frames);
}

async function* contentOf(
  pieces: readonly Uint8Array[],
): AsyncGenerator<Result<Uint8Array, never>> {
  for (const piece of pieces) yield ok(piece);
}

/** From its beginning until it is in: what was taken before is passed over. */
async function takeIn(world: World, who: Person, file: readonly Frame[]): Promise<void> {
  while ((await who.use((device) => isTaken(device, file))) !== true) {
    await world.sleep(TRY_AGAIN_MS);
  }
}

async function isTaken({ backup }: Device, file: readonly Frame[]): Promise<boolean> {
  for (const [i, frame] of file.entries()) {
    const taken = i === 0 ? await backup.begin(frame, null) : await backup.take(frame);
    if (!taken.ok) return false;
  }
  return true;
}
