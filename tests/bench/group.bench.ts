/**
 * Large groups: 100 accounts with two devices each, and 500 accounts. What it takes to make one, to say
 * something, to say one's first word, to let somebody in and to put somebody out, of its author and of each other
 * device, against the figures of crypto.md; and beside it what primitives and bytes alone come to.
 */
import { assert } from "../../crypto/base/assert.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { befriend } from "./crowd.ts";
import { type Figure, figure } from "./figure.ts";
import {
  confirmed,
  create,
  groupOf,
  knowsAll,
  meter,
  say,
  type Step,
  takeStep,
} from "./group-steps.ts";
import { accountOf, type Here, linkUp, openHere, start, type Visitor } from "./here.ts";
import { type Primitives, primitives } from "./primitives.ts";

const ACCOUNTS = Number(process.env["KITH_BENCH_GROUP"] ?? 100);
const LARGE = Number(process.env["KITH_BENCH_LARGE_GROUP"] ?? 500);
/** Of the large group so many devices are online; of the others the mail waits at the relay. */
const ONLINE_MAX = Number(process.env["KITH_BENCH_ONLINE"] ?? 25);
const LINKS_AT_ONCE = 10;
/** Each proves its work to the relay: if all did at once nobody would be heard. */
const STARTS_AT_ONCE = 25;

/** crypto.md, "Costs": ms for one device. */
const MESSAGE_MS = 0.1;
const FIRST_CONTACT_MS = 1;
const HAND_OVER_MS = 60 / 500;
const HAND_OVER_STEP_MS = 300 / 500;
/** The same: an envelope of 180 letters, and what a KEM step adds to one. */
const MESSAGE_BYTES = 606;
const KEM_STEP_BYTES = 1_120 + 1_216;
/** Of each recipient in a PUT: mailbox and token. */
const TARGET_BYTES = 32;
/** What a newcomer verifies of each member: the op, a certificate's two, a card. */
const MEMBER_SIGNATURES = 4;

export async function figures(): Promise<readonly Figure[]> {
  await ready;
  const least = primitives();
  return [...(await pairsOfDevices(least)), ...(await fiveHundred(least))];
}

async function pairsOfDevices(least: Primitives): Promise<readonly Figure[]> {
  await using here = openHere();
  const host = await start(here, "host");
  const phones: Visitor[] = [];
  const laptops: Visitor[] = [];
  for (let at = 1; at < ACCOUNTS; at += LINKS_AT_ONCE) {
    const count = Math.min(LINKS_AT_ONCE, ACCOUNTS - at);
    const made = await Promise.all(
      Array.from({ length: count }, (_, i) => twoDevices(here, `guest ${at + i}`)),
    );
    phones.push(...made.map(([phone]) => phone));
    laptops.push(...made.map(([, laptop]) => laptop));
  }
  await befriend(host, phones);
  await knowsAll(host, phones, 2);
  const others = [...phones.slice(1), ...laptops.slice(1)];
  const next = [...phones.slice(0, 1), ...laptops.slice(0, 1)];
  const name = `group of ${ACCOUNTS} with 2 devices`;
  const told = async (what: string): Promise<readonly Figure[]> => {
    const { receipts } = here.traffic;
    const cost = meter(here);
    await confirmed(host);
    const count = (here.traffic.receipts - receipts) / others.length;
    const { ms, bytes } = cost();
    return [
      figure(`${name}: receipts of ${what}, from each device`, count, "", 1),
      figure(
        `${name}: receipts of ${what}, each device and whom it tells compute`,
        ms / others.length,
        "ms",
      ),
      figure(`${name}: receipts of ${what}, each device sends`, bytes / others.length, "B"),
    ];
  };
  const crowd: Crowd = { here, host, others, next, absent: [], name, least, perAccount: 2 };
  const made = await makeGroup(crowd);
  const receiptsOfFirst = await told("the first message");
  const message = await sayAgain(crowd);
  const receipts = await told("a message");
  const rest = [...(await firstWord(crowd)), ...(await letIn(crowd)), ...(await putOut(crowd))];
  await close([host, ...phones, ...laptops]);
  return [...made, ...receiptsOfFirst, ...message, ...receipts, ...rest];
}

async function fiveHundred(least: Primitives): Promise<readonly Figure[]> {
  await using here = openHere();
  const host = await start(here, "host");
  const guests: Visitor[] = [];
  for (let at = 1; at <= LARGE; at += STARTS_AT_ONCE) {
    const some: Visitor[] = [];
    for (let n = at; n < at + STARTS_AT_ONCE && n <= LARGE; n += 1) {
      some.push(await start(here, `guest ${n}`));
    }
    await befriend(host, some);
    guests.push(...some);
  }
  const [tooMany, leaving, ...members] = guests.slice(0, ONLINE_MAX + 2);
  assert(tooMany !== undefined && leaving !== undefined, "one more than there is room for");
  const away = guests.slice(ONLINE_MAX + 2);
  const absent = await Promise.all(away.map(accountOf));
  await close(away);
  const name = `group of ${LARGE}, ${Math.min(LARGE, ONLINE_MAX)} online`;
  const crowd: Crowd = {
    here,
    host,
    others: [leaving, ...members],
    next: [tooMany],
    absent,
    name,
    least,
    perAccount: 1,
  };
  const made = await makeGroup(crowd);
  const message = await sayAgain(crowd);
  const first = await firstWord(crowd);
  const refused = await host.device.groups.add(await groupOf(host), await accountOf(tooMany));
  const isFull = !refused.ok && refused.error.type === "GroupFull";
  assert(isFull || LARGE !== 500, "the 501st is refused");
  const removed = await putOut({ ...crowd, others: members, next: [leaving] });
  const added = isFull ? await letIn({ ...crowd, others: members }) : [];
  await close([host, tooMany, leaving, ...members]);
  const full = figure(`${name}: one more is refused`, isFull ? 1 : 0, "times");
  return [...made, ...message, ...first, full, ...removed, ...added];
}

type Crowd = {
  readonly here: Here;
  readonly host: Visitor;
  readonly others: readonly Visitor[];
  /** Who comes or goes: devices of one account. */
  readonly next: readonly Visitor[];
  /** Accounts of members who are not online, one device each. */
  readonly absent: readonly string[];
  readonly name: string;
  readonly least: Primitives;
  readonly perAccount: 1 | 2;
};

async function makeGroup(crowd: Crowd): Promise<readonly Figure[]> {
  const { here, host, others, absent, name, least } = crowd;
  const devices = others.length + absent.length;
  const step = await takeStep({
    here,
    author: host,
    others,
    act: async () => {
      await create(host, "Village", others, absent);
      return say(host, "hello");
    },
  });
  const members = devices / crowd.perAccount;
  return figuresOf(`${name}: made, and the first message`, step, others.length, {
    author: devices * FIRST_CONTACT_MS,
    authorLeast: members * least.sign + devices * least.kemStep,
    bytesLeast: devices * (KEM_STEP_BYTES + 2 * TARGET_BYTES),
    otherLeast: members * MEMBER_SIGNATURES * least.verify + least.firstContactTaken,
  });
}

async function sayAgain(crowd: Crowd): Promise<readonly Figure[]> {
  const { here, host, others, absent, name, least } = crowd;
  const devices = others.length + absent.length;
  const step = await takeStep({ here, author: host, others, act: () => say(host, "again") });
  return figuresOf(`${name}: a message`, step, others.length, {
    author: MESSAGE_MS,
    authorLeast: least.sign + least.seal,
    bytes: MESSAGE_BYTES + devices * TARGET_BYTES,
    bytesLeast: devices * TARGET_BYTES,
    other: MESSAGE_MS,
    otherLeast: least.verify + least.seal,
  });
}

/** Of somebody who meets nearly everybody by it. */
async function firstWord(crowd: Crowd): Promise<readonly Figure[]> {
  const { here, host, others, absent, name, least } = crowd;
  const devices = others.length + absent.length;
  const [author, ...rest] = others;
  assert(author !== undefined, "somebody speaks");
  const hearers = [host, ...rest];
  const act = (): Promise<string> => say(author, "hello, I am new");
  const step = await takeStep({ here, author, others: hearers, act });
  return figuresOf(`${name}: a member's first word`, step, hearers.length, {
    author: devices * FIRST_CONTACT_MS,
    authorLeast: devices * least.firstContact,
    bytesLeast: devices * (KEM_STEP_BYTES + 3 * TARGET_BYTES),
    other: FIRST_CONTACT_MS + 2 * MESSAGE_MS,
    otherLeast: least.firstContactTaken + 2 * least.verify,
  });
}

async function letIn(crowd: Crowd): Promise<readonly Figure[]> {
  const { here, host, others, next, absent, name, least } = crowd;
  const come = await accountOfFirst(next);
  const act = async (): Promise<string> => {
    const done = await host.device.groups.add(await groupOf(host), come);
    assert(done.ok, "there is room for one");
    return say(host, "welcome");
  };
  const step = await takeStep({ here, author: host, others, newcomers: next, act });
  return figuresOf(`${name}: one more, and a message`, step, others.length, {
    author: FIRST_CONTACT_MS + 2 * MESSAGE_MS,
    authorLeast: least.kemStep + 2 * least.sign,
    bytesLeast: (others.length + absent.length) * 2 * TARGET_BYTES,
    other: 2 * MESSAGE_MS,
    otherLeast: (1 + MEMBER_SIGNATURES) * least.verify,
  });
}

async function putOut(crowd: Crowd): Promise<readonly Figure[]> {
  const { here, host, others, next, absent, name, least } = crowd;
  const devices = others.length + absent.length;
  const gone = await accountOfFirst(next);
  const act = async (): Promise<string> => {
    const done = await host.device.groups.remove(await groupOf(host), gone);
    assert(done.ok, "somebody is put out");
    return say(host, "they are gone");
  };
  const step = await takeStep({ here, author: host, others, act });
  return figuresOf(`${name}: one less, new chains, and a message`, step, others.length, {
    author: devices * HAND_OVER_STEP_MS,
    authorLeast: devices * least.seal + 2 * least.sign,
    bytesLeast: devices * (MESSAGE_BYTES + 3 * TARGET_BYTES),
    other: HAND_OVER_MS + 2 * MESSAGE_MS,
    otherLeast: 2 * least.verify + least.seal,
  });
}

/** Budgets of the design, and `…Least`, what the primitives alone take; ms and bytes. */
type Bounds = {
  readonly author: number;
  readonly authorLeast: number;
  readonly bytes?: number;
  readonly bytesLeast: number;
  readonly other?: number;
  readonly otherLeast: number;
};

function figuresOf(what: string, step: Step, devices: number, bounds: Bounds): readonly Figure[] {
  const { seconds, author, newcomer, other } = step;
  const beside = (limit: number, it: Figure): Figure => ({ ...it, limit });
  const { bytes = null, other: each = null } = bounds;
  const kib = (count: number): number => count / 1_024;
  return [
    figure(`${what}, until all ${devices} devices have it`, seconds, "s"),
    beside(
      bounds.authorLeast,
      figure(`${what}: its author computes`, author.ms, "ms", bounds.author),
    ),
    beside(
      kib(bounds.bytesLeast),
      figure(
        `${what}: its author sends`,
        kib(author.bytes),
        "KiB",
        bytes === null ? null : kib(bytes),
      ),
    ),
    beside(bounds.otherLeast, figure(`${what}: each other device computes`, other.ms, "ms", each)),
    figure(`${what}: each other device sends`, other.bytes, "B"),
    ...(newcomer === null ? [] : [figure(`${what}: who comes computes`, newcomer.ms, "ms")]),
  ];
}

async function accountOfFirst([first]: readonly Visitor[]): Promise<string> {
  assert(first !== undefined, "somebody comes or goes");
  return accountOf(first);
}

async function twoDevices(here: Here, name: string): Promise<readonly [Visitor, Visitor]> {
  const phone = await start(here, name);
  const laptop = await here.open(name);
  await linkUp(phone, laptop);
  return [phone, laptop];
}

async function close(all: readonly Visitor[]): Promise<void> {
  for (const it of all) await it.device[Symbol.asyncDispose]();
}
