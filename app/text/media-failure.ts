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
  switch (failure.type) {
    case "TimerInvalid":
      return timer.invalid;
    case "PictureUnfit":
      return picture.unfit;
    case "PictureTooLarge":
      return picture.tooLarge;
    case "TooManyPixels":
      return picture.tooManyPixels;
    case "NotAllowed":
      return failureText(failure);
    default:
      return groupFailureText(failure);
  }
}
