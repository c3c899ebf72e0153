/**
 * Who may do what to others' messages: asked of the roster, which knows what an author's right was
 * in the past that the act names. docs/protocol/messages.md, [MO5].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Act } from "./said.ts";

/** Pure functions of the act and of the roster's ops: no clock, no order of arrival. */
export type Judge = {
  /** Is what they say heard at all? What a removed member says after the cut is not. */
  readonly accepts: (act: Act) => boolean;
  /** May they delete a message of this other account for everyone? */
  readonly deletes: (act: Act, author: Hex) => boolean;
  readonly pins: (act: Act) => boolean;
  /** May they change title, topic, picture, history and timer? */
  readonly describes: (act: Act) => boolean;
};

/** 1:1 chats and "Note to self": constant rosters of equals, who delete nothing of each other's. */
export const EQUALS: Judge = {
  accepts: () => true,
  deletes: () => false,
  pins: () => true,
  describes: () => true,
};
