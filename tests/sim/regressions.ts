/** Seeds that found a fault once, and what it was. They run with every test. By profile and seed. */
import type { Profile } from "./plan.ts";
import { D_TO_H } from "./regressions-d-to-h.ts";

export type Regression = {
  readonly seed: number;
  readonly profile: Profile;
  readonly found: string;
  /** Of the plans when it was found (`editionOf`); absent: 1. */
  readonly edition?: number;
};

export const REGRESSIONS: readonly Regression[] = [
  {
    seed: 0,
    profile: "A",
    found: "a hand-over took the outbox row of the entry that it goes before",
  },
  { seed: 9, profile: "A", found: "a card carried a write token that no relay had been told of" },
  {
    seed: 16,
    profile: "A",
    found: "an acknowledgement that met a failing disk left its message behind",
  },
  {
    seed: 398,
    profile: "A",
    found: "a clock set to 1970 and corrected made times negative: nothing was due",
  },
  {
    seed: 80_228,
    profile: "A",
    found: "a chain that was handed over in 1970 was forgotten when the clock was set right",
  },
  {
    seed: 19,
    profile: "B",
    found: "a spent voucher locked its owner out of a relay that lost its store",
  },
  { seed: 37, profile: "B", found: "a clock that was set back put a refused message off by hours" },
  {
    seed: 53,
    profile: "B",
    found: "a chain handed over twice left what was sealed between unreadable",
  },
  {
    seed: 130,
    profile: "B",
    found: "tokens that a clock in 2038 held for dead were not told to a new store",
  },
  {
    seed: 1287,
    profile: "B",
    found: "a late AUTH of a dead connection displaced the living one for good",
  },
  {
    seed: 124_002_179_671,
    profile: "B",
    found:
      "who had just told what they have told it a minute too late when the relay lost its store",
  },
  {
    seed: 150_000_008_020,
    profile: "B",
    found: "a loss that could not be told was told again at pauses that doubled",
  },
  {
    seed: 150_000_010_842,
    profile: "B",
    found: "a loss that could not be told was told again after a minute in which all seemed over",
  },
  {
    seed: 1_110_000_000_932,
    profile: "B",
    found: "the simulator: nobody asked for another link when the inviter's clock was years ahead",
  },
  {
    seed: 12,
    profile: "C",
    found: "who was out got what was written since, from a member who had not heard of their end",
  },
  { seed: 22, profile: "C", found: "an invite was expired for a clock in 2038" },
  {
    seed: 94,
    profile: "C",
    found:
      "a full disk kept a device from finding that its storage was put back, and it wrote all the same",
  },
  {
    seed: 128,
    profile: "C",
    found: "a device in 1970 held prekeys that it had never left at its relay for fresh",
  },
  {
    seed: 152,
    profile: "C",
    found: "what a device said before it left came under a chain that was refused, for it was out",
  },
  {
    seed: 1012,
    profile: "C",
    found: "the verdict: who went and was let in again within one commit was out in between",
  },
  {
    seed: 2023,
    profile: "C",
    found: "a refused message waited as long as the clock had been ahead",
  },
  {
    seed: 20_717,
    profile: "C",
    found: "a receipt that a full disk did not let us note was taken for refused for good",
  },
  {
    seed: 21_248,
    profile: "C",
    found: "what a relay said before it lost its store was taken for the new one's word",
  },
  {
    seed: 30_152,
    profile: "C",
    found: "another device of who used an invite came under its token, and could not be opened",
  },
  {
    seed: 30_305,
    profile: "C",
    found: "a question that nobody could answer took the turn of the next one, again and again",
  },
  {
    seed: 30_334,
    profile: "C",
    found: "a log of ours whose first entry was lost with our storage did not come back",
  },
  {
    seed: 40_996,
    profile: "C",
    found:
      "of two questions that were put together one was answered, and the other had waited long",
  },
  {
    seed: 41_314,
    profile: "C",
    found: "what came before a full disk let a device begin was never taken in",
  },
  {
    seed: 47_322,
    profile: "C",
    found: "who began anew, and was let in again, was heard of with their first word alone",
  },
  {
    seed: 68_726_477_362,
    profile: "C",
    found: "the verdict: what was lost with its author's storage is asked for at growing pauses",
  },
  {
    seed: 68_770_000_174,
    profile: "C",
    found: "a log whose first entry was lost with its author's storage came to no new device",
  },
  {
    seed: 68_770_000_284,
    profile: "C",
    found: "what came back with a file alone was never taken by our other device",
  },
  {
    seed: 68_770_000_312,
    profile: "C",
    found: "a link that was used in a group was lost by a word on the session before it",
  },
  {
    seed: 68_790_000_880,
    profile: "C",
    found: "who lacked the first of what was missing was not asked for the rest, which they had",
  },
  {
    seed: 68_800_001_306,
    profile: "C",
    found: "a log that was heard of after its device was put out was never closed",
  },
  {
    seed: 68_811_000_354,
    profile: "C",
    found:
      "two who learnt of a device's end by different ways asked for facts that nobody had any more",
  },
  {
    seed: 91_007_544_530,
    profile: "C",
    found: "the verdict: an op behind the end of its log is not asked for by who lacks it",
  },
  {
    seed: 91_007_546_594,
    profile: "C",
    found:
      "a receipt for what came from elsewhere kept our chain from who gave it, after a rollback",
    edition: 2,
  },
  {
    seed: 131_000_002_139,
    profile: "C",
    edition: 2,
    found: "what stood behind the end of its log waited for an op for ever",
  },
  {
    seed: 131_000_004_090,
    profile: "C",
    found:
      "a receipt for what came from elsewhere kept our chain from who gave it, among own devices",
    edition: 2,
  },
  {
    seed: 131_000_004_299,
    profile: "C",
    found: "who was put out by a device that is out itself never heard that this counts",
    edition: 2,
  },
  {
    seed: 131_000_006_391,
    profile: "C",
    found: "a device that signed out was owed the receipt that it had asked for",
    edition: 2,
  },
  {
    seed: 131_000_007_428,
    profile: "C",
    edition: 2,
    found: "a leave was not heard of who had heard before it that its device was removed",
  },
  {
    seed: 131_000_008_840,
    profile: "C",
    edition: 2,
    found: "what stood behind the end of its log waited for an op for ever",
  },
  {
    seed: 131_000_009_582,
    profile: "C",
    found:
      "that a relay had lost its store was told while the other relay was away, and a minute late again",
    edition: 2,
  },
  {
    seed: 1_100_000_001_044,
    profile: "C",
    found: "a backup did not bring what it had of a group that its account had left since",
  },
  {
    seed: 1_100_000_011_346,
    profile: "C",
    found:
      "nobody but a device that left had said so, and receipts that find no mailbox told nothing",
  },
  {
    seed: 1_100_000_012_082,
    profile: "C",
    found: "who used an invite was answered in a group, and sent what uses it no more",
  },
  {
    seed: 1_120_000_003_055,
    profile: "C",
    found: "a log that was heard of late, and from its second entry on, was never closed",
  },
  {
    seed: 1_120_000_005_762,
    profile: "C",
    found: "a message that a removed device had deleted came back, and was counted as read",
  },
  {
    seed: 1_140_000_007_570,
    profile: "C",
    found: "what a relay had lost was not sent again by who had no connection to it",
    edition: 2,
  },
  {
    seed: 2_000_000_000_232,
    profile: "C",
    found:
      "who was known from a group, and used an invite that another one had used, waited for ever",
    edition: 2,
  },
  ...D_TO_H,
];

/** 2: people may be at two relays. 3: devices end in G as well. */
const EDITION = 3;

const editions = new Map(REGRESSIONS.map((it) => [`${it.profile} ${it.seed}`, it.edition ?? 1]));

/** What may be in a seed's plan: all that there is, but a regression's tells what it told when it was found. */
export const editionOf = (seed: number, profile: Profile): number =>
  editions.get(`${profile} ${seed}`) ?? EDITION;
