/**
 * What a group tells of itself, in a sentence. [ALT1] Who did it and to whom, by name; ourselves as "you".
 * [ALT2] Names come from their bearers and are cleaned; what a group is called is cut.
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { MetaBody } from "../../sync/entry/meta-body.ts";
import type { RosterAct } from "../../sync/roster/ops.ts";
import type { Line } from "../db/lines.ts";
import { cleanName, nameIn, type People } from "../db/people.ts";
import type { Who } from "./groups-en.ts";
import { texts } from "./speech.ts";

/** Of a topic no more is said in a line. */
const TOPIC_CHARS_MAX = 200;

type WhoOf = (account: string) => Who;

const whoIn =
  (people: People, self: string): WhoOf =>
  (account) =>
    account === self ? null : nameIn(people, account);

/** `lines`: one, or several of one kind and one author (`isSameDoing`); never none. */
export function linesText(lines: readonly Line[], people: People, self: string): string {
  const [first] = lines;
  if (first === undefined) return "";
  const who = whoIn(people, self);
  if (first.type === "meta") return metaText(first.meta, who(first.by));
  const targets = lines.flatMap((line) => targetIn(line) ?? []);
  return actText(first.act, first.by, targets, who);
}

/** Can both be told in one sentence? */
export const isSameDoing = (a: Line, b: Line): boolean =>
  a.by === b.by &&
  a.type === "op" &&
  b.type === "op" &&
  a.act.type === b.act.type &&
  (a.act.type === "remove" || (a.act.type === "add" && !isByLink(a) && !isByLink(b)));

const isByLink = (line: Line): boolean =>
  line.type === "op" && line.act.type === "add" && line.act.invite !== null;

const targetIn = (line: Line): string | undefined =>
  line.type === "op" && "account" in line.act ? line.act.account : undefined;

function actText(act: RosterAct, by: string, targets: readonly string[], who: WhoOf): string {
  const words = texts().groups.lines;
  const whom = targets.map(who);
  switch (act.type) {
    case "create":
      return words.created(who(by), cleanName(act.name));
    case "add":
      return act.invite === null
        ? words.added(who(by), whom)
        : words.joined(who(act.account), who(by));
    case "remove":
      return words.removed(who(by), whom);
    case "role":
      return words.role[act.role](who(by), who(act.account));
    case "leave":
      return words.left(who(by));
    case "unknown":
      return words.other(who(by));
    default:
      return unreachable(act);
  }
}

/** One word of an admin may say several things. */
function metaText({ title, topic, picture, history, timer }: MetaBody, by: Who): string {
  const words = texts().groups.lines;
  const said = [
    ...(title === null ? [] : [words.renamed(by, cleanName(title))]),
    ...(topic === null ? [] : [words.topic(by, shortened(topic))]),
    ...(picture === null ? [] : [words.picture(by, picture.length > 0)]),
    ...(history === null ? [] : [words.history[history](by)]),
    ...(timer === null ? [] : [texts().media.timer.line(by, timer)]),
  ];
  return said.length === 0 ? words.other(by) : said.join(". ");
}

function shortened(topic: string): string {
  const line = Array.from(topic.replaceAll(/\s+/gu, " ").trim());
  return line.length > TOPIC_CHARS_MAX
    ? `${line.slice(0, TOPIC_CHARS_MAX).join("")}…`
    : line.join("");
}
