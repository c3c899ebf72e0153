/** What may happen in a run: steps, each of which can be left out when a failure is made small. */
import type { Moment } from "./person.ts";

/**
 * A: healing is off and the relay keeps its disk, so that a message it loses stays lost.
 * B: healing is off and the disk may be wiped: the senders' outboxes must do it.
 * C: everything is on, and the way is hostile: in the end all is the same everywhere.
 * D: the relay lies. E: one of the people lies. F: some devices are of an older version.
 * G: people come into a group and go, and links are broken off. H: processes take each other's place.
 */
export const PROFILES = ["A", "B", "C", "D", "E", "F", "G", "H"] as const;
export type Profile = (typeof PROFILES)[number];
/** Whose turn it is: worlds of pairs are quick, and find what they find only with many. */
export const TURNS_OF_PROFILES: readonly Profile[] = "ABCABDABEABFABGH".split("") as Profile[];

/** How long people write and things break. */
export const BUSY_MS = 40_000;
/** Worlds to begin from: two to four people with a device each; and people with several and a group. */
export const PAIR_TEMPLATES = 64;
export const CROWD_TEMPLATES = 32;
/** The same of people who are at two relays. */
export const PAIR_TEMPLATES_OF_TWO = 18;
export const CROWD_TEMPLATES_OF_TWO = 9;

export type Action =
  | { readonly do: "write"; readonly who: number; readonly to: number; readonly n: number }
  | {
      readonly do: "change";
      readonly who: number;
      readonly to: number;
      /** Counted back from the newest message of the chat. */
      readonly back: number;
      readonly deed: Deed;
      readonly n: number;
    }
  | { readonly do: "read"; readonly who: number }
  | { readonly do: "type"; readonly who: number; readonly to: number }
  | { readonly do: "meet"; readonly who: number; readonly to: number; readonly isAlone: boolean }
  /** `who` shows a code, and the device `to` becomes one of theirs by it. */
  | { readonly do: "link"; readonly who: number; readonly to: number }
  | { readonly do: "found"; readonly who: number; readonly policy: Policy }
  | { readonly do: "say"; readonly who: number; readonly n: number }
  | {
      readonly do: "turn";
      readonly who: number;
      readonly whom: number;
      readonly turn: Turn;
      readonly n: number;
    }
  | {
      readonly do: "lie";
      readonly who: number;
      readonly to: number;
      readonly lie: Lie;
    }
  | {
      readonly do: "die";
      readonly who: number;
      readonly moment: Moment | "now";
      readonly after: number;
      readonly downMs: number;
    }
  | { readonly do: "close"; readonly who: number; readonly downMs: number }
  | { readonly do: "handOver"; readonly who: number }
  /** A copy of the disk, made while the app is down, comes back after `laterMs`; a note beside it is as it was. */
  | {
      readonly do: "putBack";
      readonly who: number;
      readonly laterMs: number;
      readonly downMs: number;
    }
  /** Storage and note are gone, by the browser's will: the person comes back by what they have left. */
  | {
      readonly do: "evict";
      readonly who: number;
      readonly by: Return;
      /** From the file that they come back by to the loss. */
      readonly laterMs: number;
      readonly downMs: number;
    }
  /** The device `whom` is put out of its account by `who`, another one of it. */
  | { readonly do: "revoke"; readonly who: number; readonly whom: number }
  /** The device leaves its account, and its app erases it. */
  | { readonly do: "signOut"; readonly who: number }
  | { readonly do: "hide"; readonly who: number; readonly forMs: number }
  | { readonly do: "break"; readonly who: number }
  | { readonly do: "swallow"; readonly who: number; readonly forMs: number }
  | { readonly do: "cut"; readonly who: number; readonly forMs: number }
  | { readonly do: "clock"; readonly who: number; readonly clock: Clock }
  | { readonly do: "full"; readonly who: number; readonly forMs: number }
  | {
      readonly do: "relayDies";
      readonly at: number;
      readonly moment: "now" | "beforeSync";
      readonly downMs: number;
    }
  | { readonly do: "relayWiped"; readonly at: number; readonly downMs: number }
  | { readonly do: "relayFails"; readonly at: number; readonly forMs: number };

/** What people do with messages. */
export const DEEDS = ["edit", "react", "unreact", "pin", "unpin", "delete", "star"] as const;
export type Deed = (typeof DEEDS)[number];

/** What people do with a group. */
export const TURNS = ["add", "remove", "promote", "demote", "leave", "rename"] as const;
export type Turn = (typeof TURNS)[number];
export type Policy = "none" | "week" | "all";

/** By the recovery words, by a backup file, by another device of the account where there is one. */
export const RETURNS = ["words", "backup", "link"] as const;
export type Return = (typeof RETURNS)[number];

/** What a wicked contact sends; see forge.ts. */
export const LIES = ["mine", "yours", "other", "fork", "probe"] as const;
export type Lie = (typeof LIES)[number];

/** What a device's clock says from now on. */
export type Clock =
  | { readonly type: "skewed"; readonly byMs: number }
  /** A date that a dead battery or a wrong year makes. */
  | { readonly type: "set"; readonly toMs: number }
  | { readonly type: "frozen" };

export type Step = Action & { readonly atMs: number };

export type Family = "pairs" | "crowd";

/** A world to begin from: the `n`th of its family, of people who are at so many relays. */
export type Template = { readonly family: Family; readonly relays: number; readonly n: number };

export type Plan = {
  readonly seed: number;
  readonly profile: Profile;
  readonly family: Family;
  /** Null: it begins from nothing. */
  readonly template: Template | null;
  readonly people: number;
  /** People with a second device, by their numbers; those devices come behind all first ones. */
  readonly seconds: readonly number[];
  /** Since the template was made. */
  readonly laterMs: number;
  /** Share of frames that are dropped, doubled or overtaken while it is busy. */
  readonly hostility: number;
  /** Of each relay there is, the share of what it is told or tells that it lies about while it is busy. */
  readonly wickedness: readonly number[];
  /** Devices of an older version, by their numbers. */
  readonly old: readonly number[];
  /** How long a commit of each device takes, at most. */
  readonly commitMs: readonly number[];
  readonly clocks: readonly Clock[];
  readonly steps: readonly Step[];
};
