import { join } from "node:path";
/**
 * A device of an older version, made of this one: it knows no payload and no kind of entry that came after
 * the first 1:1 chats. What it does not know it must pass over, and everything else must go on.
 */
import { pathToFileURL } from "node:url";

import { assert } from "../../crypto/base/assert.ts";
import type { openDevice } from "../../sync/open-device.ts";
import { type Edit, OLD } from "./edits.ts";

/** backfill and all that came later. */
const PAYLOADS_UP_TO = "0x09";

export const OLDER: readonly Edit[] = [
  {
    file: "sync/wire/payload-types.ts",
    find: "  TYPES.map((type) => [PAYLOAD_TYPES[type].code, type]),\n",
    replace:
      "  TYPES.filter((type) => PAYLOAD_TYPES[type].code <= " +
      `${PAYLOADS_UP_TO} || ["entry", "cursor", "typing"].includes(type))` +
      ".map((type) => [PAYLOAD_TYPES[type].code, type]),\n",
  },
  {
    file: "sync/entry/bodies.ts",
    find: "  (Object.keys(SHAPES) as BodyType[]).map((type) => [KINDS[type].number, type]),\n",
    replace:
      '  (["message", "logOpen", "contact"] as BodyType[]).map((type) => [KINDS[type].number, type]),\n',
  },
];

const FILE = pathToFileURL(join(import.meta.dirname, "../../sync/open-device.ts")).href;

let older: typeof openDevice | undefined;

/** Before the first world: nothing there waits for a disk. Only where OLDER was planted. */
export async function loadOlder(): Promise<void> {
  const loaded = (await import(FILE + OLD)) as { readonly openDevice: typeof openDevice };
  older = loaded.openDevice;
}

export const openOlder: typeof openDevice = (deps) => {
  assert(older !== undefined, "the older version was loaded");
  return older(deps);
};
