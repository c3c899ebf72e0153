/**
 * Blobs of a device: carried by themselves (courier.ts), and what a person does with them.
 * docs/protocol/media.md.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { append } from "../channel/append.ts";
import { channelOf } from "../channel/channels.ts";
import { followEntry } from "../group/follow.ts";
import { rosterOf } from "../group/rosters.ts";
import { heldBack } from "../receive/effects.ts";
import { RECEIVE_TABLES } from "../receive/receive.ts";
import { may, type Refusal } from "../roster/may.ts";
import { type Courier, type CourierDeps, openCourier } from "./courier.ts";
import { imageHeadOf } from "./image-head.ts";
import { PICTURE_BYTES_MAX, putOwnBlob } from "./media-rows.ts";
import { type OwnBlob, ownBlobOf } from "./own-blob.ts";

/** Width and height of the picture of a group, in pixels. */
export const PICTURE_PIXELS = 256;

export type PictureError =
  | Refusal
  | { readonly type: "NotStarted" }
  | { readonly type: "ChannelUnknown" }
  | { readonly type: "NotAGroup" }
  /** Not a PNG, JPEG or WebP of PICTURE_PIXELS each way. */
  | { readonly type: "PictureUnfit" }
  | { readonly type: "PictureTooLarge"; readonly bytes: number; readonly limit: number };

export type Media = {
  /** The picture of a group, for all its members; null: none any more. Durable when it settles. */
  readonly setPicture: (
    c: number,
    picture: Uint8Array | null,
  ) => Promise<Result<void, PictureError>>;
};

export type MediaPart = Media & Courier;

export const openMedia = (deps: CourierDeps): MediaPart => ({
  ...openCourier(deps),
  setPicture: (c, picture) => setPicture(deps, c, picture),
});

async function setPicture(
  deps: CourierDeps,
  c: number,
  picture: Uint8Array | null,
): Promise<Result<void, PictureError>> {
  const self = deps.self();
  if (self === undefined) return err({ type: "NotStarted" });
  const fault = picture === null ? undefined : faultOf(picture);
  if (fault !== undefined) return err(fault);
  const { lane, store, timers, random } = deps;
  const blob: OwnBlob | null = picture && ownBlobOf(picture, random);
  const held = heldBack(deps.effects);
  const context = { self, nowMs: timers.now(), random, effects: held.effects };
  const done = await lane.run(() =>
    store.write(RECEIVE_TABLES, async (tx): Promise<Result<void, PictureError>> => {
      const channel = await channelOf(tx, c);
      if (channel === undefined) return err({ type: "ChannelUnknown" });
      if (channel.kind !== "group") return err({ type: "NotAGroup" });
      const allowed = may((await rosterOf(tx, c)).members, self.account, { type: "meta" });
      if (!allowed.ok) return allowed;
      const words = { title: null, topic: null, history: null, timer: null };
      const said = { type: "meta" as const, ...words, picture: blob === null ? [] : [blob.ref] };
      const appended = await append(tx, { ...context, channel }, said);
      if (blob !== null) await putOwnBlob(tx, appended.entry, self.account, blob, "picture");
      await followEntry(tx, context, appended);
      return ok(undefined);
    }),
  );
  if (!done.ok) return done;
  held.release();
  deps.effects.wake();
  return done;
}

function faultOf(picture: Uint8Array): PictureError | undefined {
  const { length: bytes } = picture;
  if (bytes > PICTURE_BYTES_MAX) {
    return { type: "PictureTooLarge", bytes, limit: PICTURE_BYTES_MAX };
  }
  const head = imageHeadOf(picture);
  const isFit = head?.width === PICTURE_PIXELS && head.height === PICTURE_PIXELS;
  return isFit ? undefined : { type: "PictureUnfit" };
}
