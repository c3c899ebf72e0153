/** Seeds that found a fault once, of profiles D to H. By profile and seed. */
import type { Regression } from "./regressions.ts";

export const D_TO_H: readonly Regression[] = [
  {
    seed: 117,
    profile: "D",
    found: "an op waited for ever for somebody who had left before the lying relay gave it to them",
  },
  {
    seed: 133,
    profile: "D",
    found: "a device went on in a group that its person had left on another device",
  },
  {
    seed: 175,
    profile: "D",
    found: "who had left a group went on asking where others were ahead",
  },
  {
    seed: 5273,
    profile: "D",
    found: "the verdict: who is alone in a group has nobody to ask for an op that was lost",
  },
  {
    seed: 20_066,
    profile: "D",
    found:
      "the verdict: what a lying relay lost of those who are out is asked for at growing pauses",
  },
  {
    seed: 37,
    profile: "E",
    found: "a removal that stood behind a fork was not taken by who held the other half",
  },
  {
    seed: 97,
    profile: "E",
    found: "who knew somebody from a group did not become their contact by an invite",
  },
  {
    seed: 1119,
    profile: "E",
    found: "the verdict: mail on its way at the moment of a look is no disorder",
  },
  {
    seed: 1144,
    profile: "E",
    found: "the verdict: what follows the other half of a fork is not taken in a chat of two",
  },
  {
    seed: 68_728_476_750,
    profile: "E",
    found: "a removal in whose place the other half of a fork stood never counted there",
  },
  {
    seed: 68_770_000_147,
    profile: "E",
    found: "a group was still called what a log had called it behind a fork",
  },
  {
    seed: 51,
    profile: "G",
    found: "a relay that lost its store never took a device without an account again",
  },
  { seed: 64, profile: "G", found: "who was out of a group asked for what was missing there" },
  {
    seed: 123,
    profile: "G",
    found: "what only somebody who is out of the group holds was asked for, for ever",
  },
  {
    seed: 182,
    profile: "G",
    found: "who had left, and was let in again by an op that does not count, was not told why",
  },
  {
    seed: 423,
    profile: "G",
    found: "a contact's device that came later waited for the first entry of our log",
  },
  {
    seed: 429,
    profile: "G",
    found: "an op that reached nobody but who is out was waited for, for ever",
  },
  {
    seed: 460,
    profile: "G",
    found: "what was said alone in a group was shown as waiting for ever",
  },
  {
    seed: 622,
    profile: "G",
    found: "what was said before leaving a group waited for ever for our other device",
  },
  {
    seed: 5131,
    profile: "G",
    found: "what was dropped with somebody who went was shown as sent, though others were left",
  },
  {
    seed: 8071,
    profile: "G",
    found:
      "who was let in again, and left before our other device spoke, kept the key of its chain",
  },
  {
    seed: 30_069,
    profile: "G",
    found: "the verdict: who was removed and let in again within one commit dropped what waited",
  },
  {
    seed: 31_027,
    profile: "G",
    found: "the verdict: who comes back by a backup file knows no op that the old device knew",
  },
  {
    seed: 68_726_477_726,
    profile: "G",
    found:
      "who left a group went on asking for its history, and others for what none of them could have",
  },
  {
    seed: 68_728_476_803,
    profile: "G",
    edition: 3,
    found: "a device that was out made others forget that its account had told of news",
  },
  {
    seed: 68_728_476_956,
    profile: "G",
    edition: 3,
    found: "who came back into a group never heard where the log of a device ended",
  },
  {
    seed: 68_728_477_408,
    profile: "G",
    edition: 3,
    found: "the verdict: of an account's ops behind the end of a log others need not hear",
  },
  {
    seed: 68_728_477_614,
    profile: "G",
    found:
      "the verdict: what was for those alone who were removed, and let in again, was shown as sent",
  },
  {
    seed: 68_728_482_478,
    profile: "G",
    found: "the verdict: what those alone have who are out is asked for at growing pauses",
  },
  {
    seed: 99_890_881_374,
    profile: "G",
    edition: 3,
    found: "the simulator: in chats of who had left by their first device nobody said a last word",
  },
  {
    seed: 1_100_000_001_050,
    profile: "G",
    found: "the verdict: who was removed by an op that waited, and let in again within one commit",
  },
  {
    seed: 1_200_000_000_066,
    profile: "G",
    found: "who was told a roster that was old a moment later was not told the new one for minutes",
  },
  {
    seed: 1_200_000_000_200,
    profile: "G",
    found: "of a log that came back with a file alone a device heard that nobody has any more",
  },
  {
    seed: 1_200_000_000_495,
    profile: "G",
    found: "what a file had of a group was not taken, for its account was removed from it since",
  },
  {
    seed: 1_200_000_000_777,
    profile: "G",
    found: "who was known from a group, and was the second to use a link, was no request",
  },
  {
    seed: 1_200_000_001_604,
    profile: "G",
    found:
      "the verdict: an op of who was alone in a group is sent, though somebody was let in since",
  },
  {
    seed: 1_200_000_030_387,
    profile: "G",
    edition: 2,
    found: "the verdict: who was let in again by an op that waited when its holder wrote",
  },
  {
    seed: 1_200_000_030_453,
    profile: "G",
    edition: 2,
    found: "the verdict: who answered somebody, and heard in the same commit that they had left",
  },
  {
    seed: 1_300_000_011_593,
    profile: "G",
    edition: 2,
    found: "who was let in by an op that never counted was not told, and waited for ever",
  },
  { seed: 78, profile: "H", found: "a device wrote after it had let go of the lock" },
  {
    seed: 91_000_017,
    profile: "H",
    found: "who held a newer card than an invite's, from a group, used it in vain",
  },
];
