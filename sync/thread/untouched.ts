/** A message about which nobody said anything: what screens begin with, who work out no aggregates. */
import type { Aggregate } from "./aggregate.ts";

export const UNTOUCHED: Aggregate = {
  versions: [],
  content: null,
  reactions: [],
  pin: null,
  deleted: null,
  star: null,
  hidden: false,
};
