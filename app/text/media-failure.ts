/** Why a timer or a picture could not be set, in words with a way out. */
import type { TimerError } from "../../sync/expiry/expiry.ts";
import type { PictureError } from "../../sync/media/media.ts";
import type { EngineFailure } from "../engine/calls.ts";
import type { PictureFault } from "../platform/square-picture.ts";
import { failureText } from "./failure-text.ts";
import { groupFailureText } from "./group-failure-text.ts";
import { texts } from "./speech.ts";

export type MediaFailure = TimerError | PictureError | PictureFault | EngineFailure;

export function mediaFailureText(failure: MediaFailure): string {
  const { picture, timer } = texts().media;
  if (failure.type === "TimerInvalid") return timer.invalid;
  if (failure.type === "PictureUnfit") return picture.unfit;
  if (failure.type === "PictureTooLarge") return picture.tooLarge;
  if (failure.type === "TooManyPixels") return picture.tooManyPixels;
  return failure.type === "NotAllowed" ? failureText(failure) : groupFailureText(failure);
}
