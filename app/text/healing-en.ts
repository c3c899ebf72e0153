/** What is said when something went missing, came late or was brought back, in English. Part of en.ts. */
import { listOf, pluralOf } from "./plural.ts";

const plural = pluralOf("en");
const list = listOf("en");

/** Who brought back how many; `name` null: another device of ours. */
export type Share = { readonly name: string | null; readonly count: number };

const shareOf = ({ name, count }: Share): string => `${name ?? "your other device"} (${count})`;

export const healingEn = {
  missing: (count: number): string =>
    plural(count, {
      one: "# message is missing. Kith is looking for it.",
      other: "# messages are missing. Kith is looking for them.",
    }),
  late: (count: number): string =>
    plural(count, { one: "# older message came in", other: "# older messages came in" }),
  show: "Show",
  gotIt: "Got it",
  healed: (relay: string, count: number, by: readonly Share[]): string =>
    `${relay} had not delivered ${plural(count, { one: "# message", other: "# messages" })}. Brought back by ${list(by.map(shareOf))}.`,
  lossesHeading: "What relays lost",
  recoveredFrom: "Recovered from",
  asked: "In a group this large devices tell what they have when they are asked. Asking…",
  otherDevice: "your other device",
  forkLines: (name: string, first: string, second: string): string =>
    `A device of ${name} said two different things in one place: “${first}” to some, “${second}” to others. What it said there and after that does not count, unless ${name} removed that device and stands by it.`,
  forkHidden: (name: string): string =>
    `A device of ${name} said different things to different people. What it said from there on does not count, unless ${name} removed that device and stands by it.`,
  declined: (name: string, count: number): string =>
    `${name} added you to ${count} groups in which you have not written, and to more. Kith joins those when you write in one of the others, or leave it.`,
  unreachable: (name: string): string =>
    `${name} is not where you last reached them, and nobody who is there knows better. Ask them for a new invite link, and open it here: this chat goes on.`,
};
