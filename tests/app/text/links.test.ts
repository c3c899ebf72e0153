import fc from "fast-check";
import { expect, test } from "vitest";

import { splitLinks } from "../../../app/text/links.ts";

const linksOf = (text: string): readonly string[] =>
  splitLinks(text).flatMap((part) => (part.type === "link" ? [part.href] : []));

test("[ALK1] makes links of http and https addresses alone", () => {
  expect(linksOf("see https://a.example/x and http://b.example")).toEqual([
    "https://a.example/x",
    "http://b.example/",
  ]);
  for (const text of [
    "javascript:alert(1)",
    "data:text/html,<b>",
    "file:///etc/passwd",
    "https://",
    "xhttps://a.example",
    "https://me:secret@evil.example",
    "https://bank.example@evil.example",
  ]) {
    expect(linksOf(text)).toEqual([]);
  }
});

test("[ALK2] splits into parts that join to what was given", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "https://a.example/(b)",
      "http://x.example.",
      " ",
      "\n",
      "(",
      ")",
      "ß",
      "https://",
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join("");
      const parts = splitLinks(text);
      expect(parts.map((part) => part.text).join("")).toBe(text);
      for (const part of parts)
        expect(text.slice(part.at, part.at + part.text.length)).toBe(part.text);
    }),
  );
});

test("[ALK3] takes a hostile text of 100 KB without backtracking", () => {
  const texts = ["https://", "http://a", "https://a.example/((((", ")", "https://a.example/."];
  for (const text of texts) {
    const hostile = text.repeat(Math.ceil(100_000 / text.length));
    const started = performance.now();
    splitLinks(hostile);
    // Linear takes some milliseconds; quadratic would take minutes.
    expect(performance.now() - started).toBeLessThan(1_000);
  }
});

test("[ALK4] leaves the sentence its full stop and its bracket", () => {
  expect(linksOf("(see https://a.example/x).")).toEqual(["https://a.example/x"]);
  expect(linksOf("https://a.example/x_(y), then")).toEqual(["https://a.example/x_(y)"]);
  expect(linksOf("“https://a.example/q?a=1&b=2”!")).toEqual(["https://a.example/q?a=1&b=2"]);
});

test("[ALK5] gives the real name of a host that is not plain ASCII", () => {
  const [link] = splitLinks("https://аpple.example/x");
  expect(link).toMatchObject({ type: "link", realHost: "xn--pple-43d.example" });
  expect(splitLinks("https://apple.example")[0]).toMatchObject({ realHost: null });
});

test("[ALK6] makes at most 200 links, and none of a longer address than 2,048 characters", () => {
  expect(linksOf("https://a.example ".repeat(500))).toHaveLength(200);
  expect(linksOf(`https://a.example/${"x".repeat(2_100)}`)).toEqual([]);
});
