/**
 * Finds web addresses in a message. [ALK1] Only http and https become links; `javascript:`, `data:`
 * and everything else stays text. [ALK2] What is split joins to what was given. [ALK3] Takes time
 * linear in the text: one pass of an expression that cannot backtrack into itself. [ALK4] A full
 * stop, a comma or a bracket that closes nothing belongs to the sentence, not to the address.
 * [ALK5] An address whose host is not plain ASCII comes with the host's real (punycode) name, which
 * look-alike letters cannot imitate. [ALK6] LINKS_MAX links a message, of LINK_CHARS_MAX each.
 */

/** A message of addresses alone is spam; the rest of them stays text. */
const LINKS_MAX = 200;
const LINK_CHARS_MAX = 2_048;

/** No white space, quotes, angle brackets or invisible format characters. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"“”\p{Cc}\p{Cf}]+/giu;
const SENTENCE_END = new Set([".", ",", ";", ":", "!", "?", "'", "’", "*", "_"]);
const CLOSERS: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** `at`: where in the text it stands. */
export type TextPart =
  | { readonly type: "text"; readonly at: number; readonly text: string }
  | {
      readonly type: "link";
      readonly at: number;
      readonly text: string;
      readonly href: string;
      readonly realHost: string | null;
    };

export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  let links = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const link = links < LINKS_MAX ? linkOf(address, match.index) : null;
    if (link === null) continue;
    if (match.index > from)
      parts.push({ type: "text", at: from, text: text.slice(from, match.index) });
    parts.push(link);
    links += 1;
    from = match.index + address.length;
  }
  if (from < text.length) parts.push({ type: "text", at: from, text: text.slice(from) });
  return parts;
}

function linkOf(text: string, at: number): TextPart | null {
  if (text.length > LINK_CHARS_MAX || !URL.canParse(text)) return null;
  const { protocol, href, host, username, password } = new URL(text);
  // "https://bank.example@evil.example" is made to be misread.
  if (!/^https?:$/u.test(protocol) || username !== "" || password !== "") return null;
  return { type: "link", at, text, href, realHost: host.includes("xn--") ? host : null };
}

function trimmed(address: string): string {
  const open: Record<string, number> = {};
  for (const char of address) open[char] = (open[char] ?? 0) + 1;
  let end = address.length;
  while (end > 0) {
    const last = address.charAt(end - 1);
    const opener = CLOSERS[last];
    const closesNothing = opener !== undefined && (open[last] ?? 0) > (open[opener] ?? 0);
    if (!SENTENCE_END.has(last) && !closesNothing) break;
    open[last] = (open[last] ?? 0) - 1;
    end -= 1;
  }
  return address.slice(0, end);
}
